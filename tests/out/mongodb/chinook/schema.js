db.runCommand(EJSON.deserialize({
  "create": "Artist"
}));
db.runCommand(EJSON.deserialize({
  "collMod": "Artist",
  "validator": {
    "$jsonSchema": {
      "bsonType": "object",
      "required": [
        "_id"
      ],
      "properties": {
        "_id": {
          "bsonType": "int"
        },
        "name": {
          "bsonType": "string",
          "maxLength": 120
        }
      }
    }
  },
  "validationLevel": "strict",
  "validationAction": "error"
}));
db.runCommand(EJSON.deserialize({
  "create": "Album"
}));
db.runCommand(EJSON.deserialize({
  "collMod": "Album",
  "validator": {
    "$jsonSchema": {
      "bsonType": "object",
      "required": [
        "_id",
        "title",
        "artist_id"
      ],
      "properties": {
        "_id": {
          "bsonType": "int"
        },
        "title": {
          "bsonType": "string",
          "maxLength": 160
        },
        "artist_id": {
          "bsonType": "int"
        }
      }
    }
  },
  "validationLevel": "strict",
  "validationAction": "error"
}));
db.runCommand(EJSON.deserialize({
  "createIndexes": "Album",
  "indexes": [
    {
      "key": {
        "artist_id": 1,
        "title": 1,
        "_id": 1
      },
      "name": "by_artist_id_title__id"
    }
  ]
}));
db.runCommand(EJSON.deserialize({
  "create": "Genre"
}));
db.runCommand(EJSON.deserialize({
  "collMod": "Genre",
  "validator": {
    "$jsonSchema": {
      "bsonType": "object",
      "required": [
        "_id"
      ],
      "properties": {
        "_id": {
          "bsonType": "int"
        },
        "name": {
          "bsonType": "string",
          "maxLength": 120
        }
      }
    }
  },
  "validationLevel": "strict",
  "validationAction": "error"
}));
db.runCommand(EJSON.deserialize({
  "create": "MediaType"
}));
db.runCommand(EJSON.deserialize({
  "collMod": "MediaType",
  "validator": {
    "$jsonSchema": {
      "bsonType": "object",
      "required": [
        "_id"
      ],
      "properties": {
        "_id": {
          "bsonType": "int"
        },
        "name": {
          "bsonType": "string",
          "maxLength": 120
        }
      }
    }
  },
  "validationLevel": "strict",
  "validationAction": "error"
}));
db.runCommand(EJSON.deserialize({
  "create": "Track"
}));
db.runCommand(EJSON.deserialize({
  "collMod": "Track",
  "validator": {
    "$jsonSchema": {
      "bsonType": "object",
      "required": [
        "_id",
        "name",
        "media_type_id",
        "milliseconds",
        "unit_price"
      ],
      "properties": {
        "_id": {
          "bsonType": "int"
        },
        "name": {
          "bsonType": "string",
          "maxLength": 200
        },
        "album_id": {
          "bsonType": "int"
        },
        "media_type_id": {
          "bsonType": "int"
        },
        "genre_id": {
          "bsonType": "int"
        },
        "composer": {
          "bsonType": "string",
          "maxLength": 220
        },
        "milliseconds": {
          "bsonType": "int"
        },
        "bytes": {
          "bsonType": "int"
        },
        "unit_price": {
          "bsonType": "decimal"
        }
      }
    }
  },
  "validationLevel": "strict",
  "validationAction": "error"
}));
db.runCommand(EJSON.deserialize({
  "createIndexes": "Track",
  "indexes": [
    {
      "key": {
        "genre_id": 1,
        "composer": 1,
        "name": 1,
        "_id": 1
      },
      "name": "by_genre_id_composer_name__id"
    },
    {
      "key": {
        "genre_id": 1,
        "name": 1,
        "_id": 1
      },
      "name": "by_genre_id_name__id"
    },
    {
      "key": {
        "genre_id": 1,
        "milliseconds": -1,
        "_id": -1
      },
      "name": "by_genre_id_milliseconds__id"
    },
    {
      "key": {
        "album_id": 1,
        "name": 1,
        "_id": 1
      },
      "name": "by_album_id_name__id"
    },
    {
      "key": {
        "album_id": 1,
        "_id": 1
      },
      "name": "by_album_id__id"
    },
    {
      "key": {
        "media_type_id": 1
      },
      "name": "by_media_type_id"
    }
  ]
}));
db.runCommand(EJSON.deserialize({
  "create": "Playlist"
}));
db.runCommand(EJSON.deserialize({
  "collMod": "Playlist",
  "validator": {
    "$jsonSchema": {
      "bsonType": "object",
      "required": [
        "_id"
      ],
      "properties": {
        "_id": {
          "bsonType": "int"
        },
        "name": {
          "bsonType": "string",
          "maxLength": 120
        }
      }
    }
  },
  "validationLevel": "strict",
  "validationAction": "error"
}));
db.runCommand(EJSON.deserialize({
  "create": "PlaylistTrack"
}));
db.runCommand(EJSON.deserialize({
  "collMod": "PlaylistTrack",
  "validator": {
    "$jsonSchema": {
      "bsonType": "object",
      "required": [
        "_id"
      ],
      "properties": {
        "_id": {
          "bsonType": "object",
          "required": [
            "playlist_id",
            "track_id"
          ],
          "properties": {
            "playlist_id": {
              "bsonType": "int"
            },
            "track_id": {
              "bsonType": "int"
            }
          }
        }
      }
    }
  },
  "validationLevel": "strict",
  "validationAction": "error"
}));
db.runCommand(EJSON.deserialize({
  "createIndexes": "PlaylistTrack",
  "indexes": [
    {
      "key": {
        "_id.playlist_id": 1,
        "_id.track_id": 1
      },
      "name": "by_key"
    },
    {
      "key": {
        "_id.track_id": 1,
        "_id.playlist_id": 1
      },
      "name": "by__id_track_id__id_playlist_id"
    }
  ]
}));
db.runCommand(EJSON.deserialize({
  "create": "Employee"
}));
db.runCommand(EJSON.deserialize({
  "collMod": "Employee",
  "validator": {
    "$jsonSchema": {
      "bsonType": "object",
      "required": [
        "_id",
        "last_name",
        "first_name"
      ],
      "properties": {
        "_id": {
          "bsonType": "int"
        },
        "last_name": {
          "bsonType": "string",
          "maxLength": 20
        },
        "first_name": {
          "bsonType": "string",
          "maxLength": 20
        },
        "title": {
          "bsonType": "string",
          "maxLength": 30
        },
        "reports_to_id": {
          "bsonType": "int"
        },
        "birth_date": {
          "bsonType": "string",
          "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z$"
        },
        "hire_date": {
          "bsonType": "string",
          "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z$"
        },
        "address": {
          "bsonType": "string",
          "maxLength": 70
        },
        "city": {
          "bsonType": "string",
          "maxLength": 40
        },
        "state": {
          "bsonType": "string",
          "maxLength": 40
        },
        "country": {
          "bsonType": "string",
          "maxLength": 40
        },
        "postal_code": {
          "bsonType": "string",
          "maxLength": 10
        },
        "phone": {
          "bsonType": "string",
          "maxLength": 24
        },
        "fax": {
          "bsonType": "string",
          "maxLength": 24
        },
        "email": {
          "bsonType": "string",
          "maxLength": 60
        }
      }
    }
  },
  "validationLevel": "strict",
  "validationAction": "error"
}));
db.runCommand(EJSON.deserialize({
  "createIndexes": "Employee",
  "indexes": [
    {
      "key": {
        "reports_to_id": 1,
        "hire_date": 1,
        "last_name": 1,
        "_id": 1
      },
      "name": "by_reports_to_id_hire_date_last_name__id"
    }
  ]
}));
db.runCommand(EJSON.deserialize({
  "create": "Customer"
}));
db.runCommand(EJSON.deserialize({
  "collMod": "Customer",
  "validator": {
    "$jsonSchema": {
      "bsonType": "object",
      "required": [
        "_id",
        "first_name",
        "last_name",
        "email"
      ],
      "properties": {
        "_id": {
          "bsonType": "int"
        },
        "first_name": {
          "bsonType": "string",
          "maxLength": 40
        },
        "last_name": {
          "bsonType": "string",
          "maxLength": 20
        },
        "company": {
          "bsonType": "string",
          "maxLength": 80
        },
        "address": {
          "bsonType": "string",
          "maxLength": 70
        },
        "city": {
          "bsonType": "string",
          "maxLength": 40
        },
        "state": {
          "bsonType": "string",
          "maxLength": 40
        },
        "country": {
          "bsonType": "string",
          "maxLength": 40
        },
        "postal_code": {
          "bsonType": "string",
          "maxLength": 10
        },
        "phone": {
          "bsonType": "string",
          "maxLength": 24
        },
        "fax": {
          "bsonType": "string",
          "maxLength": 24
        },
        "email": {
          "bsonType": "string",
          "maxLength": 60
        },
        "support_rep_id": {
          "bsonType": "int"
        }
      }
    }
  },
  "validationLevel": "strict",
  "validationAction": "error"
}));
db.runCommand(EJSON.deserialize({
  "createIndexes": "Customer",
  "indexes": [
    {
      "key": {
        "country": 1,
        "last_name": 1,
        "first_name": 1,
        "_id": 1
      },
      "name": "by_country_last_name_first_name__id"
    },
    {
      "key": {
        "support_rep_id": 1,
        "last_name": -1,
        "_id": -1
      },
      "name": "by_support_rep_id_last_name__id"
    },
    {
      "key": {
        "email": 1,
        "_id": 1
      },
      "name": "by_email__id"
    }
  ]
}));
db.runCommand(EJSON.deserialize({
  "create": "Invoice"
}));
db.runCommand(EJSON.deserialize({
  "collMod": "Invoice",
  "validator": {
    "$jsonSchema": {
      "bsonType": "object",
      "required": [
        "_id",
        "customer_id",
        "invoice_date",
        "total"
      ],
      "properties": {
        "_id": {
          "bsonType": "int"
        },
        "customer_id": {
          "bsonType": "int"
        },
        "invoice_date": {
          "bsonType": "string",
          "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z$"
        },
        "billing_address": {
          "bsonType": "string",
          "maxLength": 70
        },
        "billing_city": {
          "bsonType": "string",
          "maxLength": 40
        },
        "billing_state": {
          "bsonType": "string",
          "maxLength": 40
        },
        "billing_country": {
          "bsonType": "string",
          "maxLength": 40
        },
        "billing_postal_code": {
          "bsonType": "string",
          "maxLength": 10
        },
        "total": {
          "bsonType": "decimal"
        }
      }
    }
  },
  "validationLevel": "strict",
  "validationAction": "error"
}));
db.runCommand(EJSON.deserialize({
  "createIndexes": "Invoice",
  "indexes": [
    {
      "key": {
        "customer_id": 1,
        "invoice_date": -1,
        "_id": -1
      },
      "name": "by_customer_id_invoice_date__id"
    },
    {
      "key": {
        "billing_country": 1,
        "invoice_date": 1,
        "_id": 1
      },
      "name": "by_billing_country_invoice_date__id"
    }
  ]
}));
db.runCommand(EJSON.deserialize({
  "create": "InvoiceLine"
}));
db.runCommand(EJSON.deserialize({
  "collMod": "InvoiceLine",
  "validator": {
    "$jsonSchema": {
      "bsonType": "object",
      "required": [
        "_id",
        "invoice_id",
        "track_id",
        "unit_price",
        "quantity"
      ],
      "properties": {
        "_id": {
          "bsonType": "int"
        },
        "invoice_id": {
          "bsonType": "int"
        },
        "track_id": {
          "bsonType": "int"
        },
        "unit_price": {
          "bsonType": "decimal"
        },
        "quantity": {
          "bsonType": "int"
        }
      }
    }
  },
  "validationLevel": "strict",
  "validationAction": "error"
}));
db.runCommand(EJSON.deserialize({
  "createIndexes": "InvoiceLine",
  "indexes": [
    {
      "key": {
        "track_id": 1,
        "_id": -1
      },
      "name": "by_track_id__id"
    },
    {
      "key": {
        "invoice_id": 1
      },
      "name": "by_invoice_id"
    }
  ]
}));
