db.runCommand(EJSON.deserialize({
  "create": "Customer"
}));
db.runCommand(EJSON.deserialize({
  "collMod": "Customer",
  "validator": {
    "$and": [
      {
        "$jsonSchema": {
          "bsonType": "object",
          "required": [
            "_id",
            "email",
            "name",
            "password",
            "size",
            "tags",
            "credit",
            "order_count",
            "created_at",
            "updated_at"
          ],
          "properties": {
            "_id": {
              "bsonType": "string",
              "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
            },
            "email": {
              "bsonType": "string",
              "maxLength": 254
            },
            "name": {
              "bsonType": "string",
              "maxLength": 100
            },
            "password": {
              "bsonType": "string"
            },
            "tax_id": {
              "bsonType": "string"
            },
            "born": {
              "bsonType": "string",
              "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
            },
            "size": {
              "bsonType": "int",
              "minimum": 0,
              "maximum": 2
            },
            "address_street": {
              "bsonType": "string",
              "maxLength": 200
            },
            "address_city": {
              "bsonType": "string",
              "maxLength": 100
            },
            "address_country": {
              "bsonType": "string",
              "maxLength": 2
            },
            "tags": {
              "bsonType": "array",
              "items": {
                "bsonType": "string",
                "maxLength": 30
              },
              "maxItems": 20
            },
            "credit": {
              "bsonType": "decimal"
            },
            "order_count": {
              "bsonType": "long"
            },
            "created_at": {
              "bsonType": "string",
              "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z$"
            },
            "created_by_id": {
              "bsonType": "string",
              "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
            },
            "updated_at": {
              "bsonType": "string",
              "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z$"
            },
            "updated_by_id": {
              "bsonType": "string",
              "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
            },
            "deleted_at": {
              "bsonType": "string",
              "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z$"
            }
          }
        }
      },
      {
        "$expr": {
          "$or": [
            {
              "$and": [
                {
                  "$lte": [
                    "$address_street",
                    null
                  ]
                },
                {
                  "$lte": [
                    "$address_city",
                    null
                  ]
                },
                {
                  "$lte": [
                    "$address_country",
                    null
                  ]
                }
              ]
            },
            {
              "$and": [
                {
                  "$gt": [
                    "$address_street",
                    null
                  ]
                },
                {
                  "$gt": [
                    "$address_city",
                    null
                  ]
                },
                {
                  "$gt": [
                    "$address_country",
                    null
                  ]
                }
              ]
            }
          ]
        }
      },
      {
        "$expr": {
          "$gte": [
            "$credit",
            {
              "$literal": {
                "$numberDecimal": "0.00"
              }
            }
          ]
        }
      },
      {
        "$expr": {
          "$or": [
            {
              "$lte": [
                "$born",
                null
              ]
            },
            {
              "$lte": [
                "$born",
                {
                  "$literal": "2008-01-01"
                }
              ]
            }
          ]
        }
      }
    ]
  },
  "validationLevel": "strict",
  "validationAction": "error"
}));
db.runCommand(EJSON.deserialize({
  "createIndexes": "Customer",
  "indexes": [
    {
      "key": {
        "email_unique": 1
      },
      "name": "email_unique",
      "unique": true,
      "partialFilterExpression": {
        "email_unique": {
          "$exists": true
        }
      }
    },
    {
      "key": {
        "created_by_id": 1
      },
      "name": "by_created_by_id"
    },
    {
      "key": {
        "updated_by_id": 1
      },
      "name": "by_updated_by_id"
    }
  ]
}));
db.runCommand(EJSON.deserialize({
  "create": "Order"
}));
db.runCommand(EJSON.deserialize({
  "collMod": "Order",
  "validator": {
    "$and": [
      {
        "$jsonSchema": {
          "bsonType": "object",
          "required": [
            "_id",
            "number",
            "customer_id",
            "status",
            "total",
            "version"
          ],
          "properties": {
            "_id": {
              "bsonType": "string",
              "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
            },
            "number": {
              "bsonType": "long"
            },
            "customer_id": {
              "bsonType": "string",
              "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
            },
            "payment_id": {
              "bsonType": "string",
              "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
            },
            "status": {
              "bsonType": "string",
              "enum": [
                "draft",
                "placed",
                "paid",
                "shipped",
                "cancelled"
              ]
            },
            "placed_at": {
              "bsonType": "string",
              "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z$"
            },
            "total": {
              "bsonType": "decimal"
            },
            "version": {
              "bsonType": "long"
            }
          }
        }
      },
      {
        "$expr": {
          "$gte": [
            "$total",
            {
              "$literal": {
                "$numberDecimal": "0.00"
              }
            }
          ]
        }
      },
      {
        "$expr": {
          "$gte": [
            "$version",
            1
          ]
        }
      },
      {
        "$expr": {
          "$or": [
            {
              "$in": [
                "$status",
                [
                  {
                    "$literal": "draft"
                  },
                  {
                    "$literal": "cancelled"
                  }
                ]
              ]
            },
            {
              "$gt": [
                "$placed_at",
                null
              ]
            }
          ]
        }
      }
    ]
  },
  "validationLevel": "strict",
  "validationAction": "error"
}));
db.runCommand(EJSON.deserialize({
  "createIndexes": "Order",
  "indexes": [
    {
      "key": {
        "number": 1
      },
      "name": "number_unique",
      "unique": true
    },
    {
      "key": {
        "one_draft": 1
      },
      "name": "one_draft",
      "unique": true,
      "partialFilterExpression": {
        "one_draft": {
          "$exists": true
        }
      }
    },
    {
      "key": {
        "customer_id": 1
      },
      "name": "by_customer_id"
    },
    {
      "key": {
        "payment_id": 1
      },
      "name": "by_payment_id"
    }
  ]
}));
db.runCommand(EJSON.deserialize({
  "create": "OrderLine"
}));
db.runCommand(EJSON.deserialize({
  "collMod": "OrderLine",
  "validator": {
    "$and": [
      {
        "$jsonSchema": {
          "bsonType": "object",
          "required": [
            "_id",
            "product_id",
            "quantity",
            "unit_price"
          ],
          "properties": {
            "product_id": {
              "bsonType": "long"
            },
            "quantity": {
              "bsonType": "int"
            },
            "unit_price": {
              "bsonType": "decimal"
            },
            "_id": {
              "bsonType": "object",
              "required": [
                "owner_id",
                "line_no"
              ],
              "properties": {
                "owner_id": {
                  "bsonType": "string",
                  "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
                },
                "line_no": {
                  "bsonType": "int"
                }
              }
            }
          }
        }
      },
      {
        "$expr": {
          "$and": [
            {
              "$gte": [
                "$quantity",
                {
                  "$literal": {
                    "$numberInt": "1"
                  }
                }
              ]
            },
            {
              "$lte": [
                "$quantity",
                {
                  "$literal": {
                    "$numberInt": "1000"
                  }
                }
              ]
            }
          ]
        }
      },
      {
        "$expr": {
          "$gte": [
            "$unit_price",
            {
              "$literal": {
                "$numberDecimal": "0.00"
              }
            }
          ]
        }
      }
    ]
  },
  "validationLevel": "strict",
  "validationAction": "error"
}));
db.runCommand(EJSON.deserialize({
  "createIndexes": "OrderLine",
  "indexes": [
    {
      "key": {
        "_id.owner_id": 1,
        "_id.line_no": 1
      },
      "name": "by_key"
    },
    {
      "key": {
        "product_id": 1
      },
      "name": "by_product_id"
    }
  ]
}));
db.runCommand(EJSON.deserialize({
  "create": "Product"
}));
db.runCommand(EJSON.deserialize({
  "collMod": "Product",
  "validator": {
    "$and": [
      {
        "$jsonSchema": {
          "bsonType": "object",
          "required": [
            "_id",
            "sku",
            "name",
            "price",
            "stock"
          ],
          "properties": {
            "_id": {
              "bsonType": "long"
            },
            "sku": {
              "bsonType": "string",
              "maxLength": 40
            },
            "name": {
              "bsonType": "string",
              "maxLength": 200
            },
            "price": {
              "bsonType": "decimal"
            },
            "stock": {
              "bsonType": "int"
            }
          }
        }
      },
      {
        "$expr": {
          "$gte": [
            "$price",
            {
              "$literal": {
                "$numberDecimal": "0.00"
              }
            }
          ]
        }
      },
      {
        "$expr": {
          "$gte": [
            "$stock",
            {
              "$literal": {
                "$numberInt": "0"
              }
            }
          ]
        }
      }
    ]
  },
  "validationLevel": "strict",
  "validationAction": "error"
}));
db.runCommand(EJSON.deserialize({
  "createIndexes": "Product",
  "indexes": [
    {
      "key": {
        "sku": 1
      },
      "name": "sku_unique",
      "unique": true
    },
    {
      "key": {
        "sku": 1,
        "_id": 1
      },
      "name": "by_sku__id"
    }
  ]
}));
db.runCommand(EJSON.deserialize({
  "create": "Warehouse"
}));
db.runCommand(EJSON.deserialize({
  "collMod": "Warehouse",
  "validator": {
    "$jsonSchema": {
      "bsonType": "object",
      "required": [
        "_id",
        "zip",
        "city"
      ],
      "properties": {
        "_id": {
          "bsonType": "int"
        },
        "zip": {
          "bsonType": "string",
          "maxLength": 10
        },
        "city": {
          "bsonType": "string",
          "maxLength": 80
        }
      }
    }
  },
  "validationLevel": "strict",
  "validationAction": "error"
}));
db.runCommand(EJSON.deserialize({
  "create": "Delivery"
}));
db.runCommand(EJSON.deserialize({
  "collMod": "Delivery",
  "validator": {
    "$and": [
      {
        "$jsonSchema": {
          "bsonType": "object",
          "required": [
            "_id",
            "dock_id",
            "during_start",
            "during_end"
          ],
          "properties": {
            "_id": {
              "bsonType": "string",
              "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
            },
            "dock_id": {
              "bsonType": "int"
            },
            "during_start": {
              "bsonType": "string",
              "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z$"
            },
            "during_end": {
              "bsonType": "string",
              "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z$"
            }
          }
        }
      },
      {
        "$expr": {
          "$lt": [
            "$during_start",
            "$during_end"
          ]
        }
      }
    ]
  },
  "validationLevel": "strict",
  "validationAction": "error"
}));
db.runCommand(EJSON.deserialize({
  "createIndexes": "Delivery",
  "indexes": [
    {
      "key": {
        "no_overlap_dock__during__84529f35": 1
      },
      "name": "no_overlap_dock__during__71d8cf97",
      "partialFilterExpression": {
        "no_overlap_dock__during__84529f35": {
          "$exists": true
        }
      }
    },
    {
      "key": {
        "dock_id": 1
      },
      "name": "by_dock_id"
    }
  ]
}));
db.runCommand(EJSON.deserialize({
  "create": "PaymentMethod"
}));
db.runCommand(EJSON.deserialize({
  "collMod": "PaymentMethod",
  "validator": {
    "$and": [
      {
        "$jsonSchema": {
          "bsonType": "object",
          "required": [
            "_id",
            "customer_id",
            "is"
          ],
          "properties": {
            "_id": {
              "bsonType": "string",
              "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
            },
            "customer_id": {
              "bsonType": "string",
              "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
            },
            "is": {
              "bsonType": "string",
              "enum": [
                "Card",
                "Iban"
              ]
            },
            "last4": {
              "bsonType": "string",
              "maxLength": 4
            },
            "expires": {
              "bsonType": "string",
              "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
            },
            "number": {
              "bsonType": "string"
            }
          }
        }
      },
      {
        "$expr": {
          "$or": [
            {
              "$eq": [
                "$is",
                {
                  "$literal": "Card"
                }
              ]
            },
            {
              "$lte": [
                "$last4",
                null
              ]
            }
          ]
        }
      },
      {
        "$expr": {
          "$or": [
            {
              "$ne": [
                "$is",
                {
                  "$literal": "Card"
                }
              ]
            },
            {
              "$gt": [
                "$last4",
                null
              ]
            }
          ]
        }
      },
      {
        "$expr": {
          "$or": [
            {
              "$eq": [
                "$is",
                {
                  "$literal": "Card"
                }
              ]
            },
            {
              "$lte": [
                "$expires",
                null
              ]
            }
          ]
        }
      },
      {
        "$expr": {
          "$or": [
            {
              "$ne": [
                "$is",
                {
                  "$literal": "Card"
                }
              ]
            },
            {
              "$gt": [
                "$expires",
                null
              ]
            }
          ]
        }
      },
      {
        "$expr": {
          "$or": [
            {
              "$eq": [
                "$is",
                {
                  "$literal": "Iban"
                }
              ]
            },
            {
              "$lte": [
                "$number",
                null
              ]
            }
          ]
        }
      },
      {
        "$expr": {
          "$or": [
            {
              "$ne": [
                "$is",
                {
                  "$literal": "Iban"
                }
              ]
            },
            {
              "$gt": [
                "$number",
                null
              ]
            }
          ]
        }
      }
    ]
  },
  "validationLevel": "strict",
  "validationAction": "error"
}));
db.runCommand(EJSON.deserialize({
  "createIndexes": "PaymentMethod",
  "indexes": [
    {
      "key": {
        "customer_id": 1
      },
      "name": "by_customer_id"
    }
  ]
}));
db.runCommand(EJSON.deserialize({
  "create": "Wishlist"
}));
db.runCommand(EJSON.deserialize({
  "collMod": "Wishlist",
  "validator": {
    "$jsonSchema": {
      "bsonType": "object",
      "required": [
        "_id",
        "added_at"
      ],
      "properties": {
        "added_at": {
          "bsonType": "string",
          "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z$"
        },
        "_id": {
          "bsonType": "object",
          "required": [
            "customer_id",
            "product_id"
          ],
          "properties": {
            "customer_id": {
              "bsonType": "string",
              "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
            },
            "product_id": {
              "bsonType": "long"
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
  "createIndexes": "Wishlist",
  "indexes": [
    {
      "key": {
        "_id.customer_id": 1,
        "_id.product_id": 1
      },
      "name": "by_key"
    },
    {
      "key": {
        "_id.product_id": 1
      },
      "name": "by__id_product_id"
    }
  ]
}));
db.runCommand(EJSON.deserialize({
  "create": "locks"
}));
db.runCommand(EJSON.deserialize({
  "insert": "locks",
  "documents": [
    {
      "_id": "Order_number",
      "n": {
        "$numberLong": "0"
      }
    },
    {
      "_id": "Product_id",
      "n": {
        "$numberLong": "0"
      }
    }
  ]
}));
