-- For PostgreSQL 18 and UTF-8 databases. Run by: psql -1 -v ON_ERROR_STOP=1 -f schema.sql

create table artist (
    id integer not null,
    name text collate "C",
    constraint artist_pkey primary key (id),
    constraint artist_name_size check (char_length(name) <= 120)
);

create table album (
    id integer not null,
    title text collate "C" not null,
    artist_id integer not null,
    constraint album_pkey primary key (id),
    constraint album_title_size check (char_length(title) <= 160)
);

create table genre (
    id integer not null,
    name text collate "C",
    constraint genre_pkey primary key (id),
    constraint genre_name_size check (char_length(name) <= 120)
);

create table media_type (
    id integer not null,
    name text collate "C",
    constraint media_type_pkey primary key (id),
    constraint media_type_name_size check (char_length(name) <= 120)
);

create table track (
    id integer not null,
    name text collate "C" not null,
    album_id integer,
    media_type_id integer not null,
    genre_id integer,
    composer text collate "C",
    milliseconds integer not null,
    bytes integer,
    unit_price numeric(10, 2) not null,
    constraint track_pkey primary key (id),
    constraint track_name_size check (char_length(name) <= 200),
    constraint track_composer_size check (char_length(composer) <= 220),
    constraint track_unit_price_type check (unit_price <> numeric 'NaN')
);

create table playlist (
    id integer not null,
    name text collate "C",
    constraint playlist_pkey primary key (id),
    constraint playlist_name_size check (char_length(name) <= 120)
);

create table playlist_track (
    playlist_id integer not null,
    track_id integer not null,
    constraint playlist_track_pkey primary key (playlist_id, track_id)
);

create table employee (
    id integer not null,
    last_name text collate "C" not null,
    first_name text collate "C" not null,
    title text collate "C",
    reports_to_id integer,
    birth_date timestamptz,
    hire_date timestamptz,
    address text collate "C",
    city text collate "C",
    state text collate "C",
    country text collate "C",
    postal_code text collate "C",
    phone text collate "C",
    fax text collate "C",
    email text collate "C",
    constraint employee_pkey primary key (id),
    constraint employee_last_name_size check (char_length(last_name) <= 20),
    constraint employee_first_name_size check (char_length(first_name) <= 20),
    constraint employee_title_size check (char_length(title) <= 30),
    constraint employee_birth_date_type check (birth_date >= timestamptz '0001-01-01 00:00:00+00' and birth_date < timestamptz '10000-01-01 00:00:00+00'),
    constraint employee_hire_date_type check (hire_date >= timestamptz '0001-01-01 00:00:00+00' and hire_date < timestamptz '10000-01-01 00:00:00+00'),
    constraint employee_address_size check (char_length(address) <= 70),
    constraint employee_city_size check (char_length(city) <= 40),
    constraint employee_state_size check (char_length(state) <= 40),
    constraint employee_country_size check (char_length(country) <= 40),
    constraint employee_postal_code_size check (char_length(postal_code) <= 10),
    constraint employee_phone_size check (char_length(phone) <= 24),
    constraint employee_fax_size check (char_length(fax) <= 24),
    constraint employee_email_size check (char_length(email) <= 60)
);

create table customer (
    id integer not null,
    first_name text collate "C" not null,
    last_name text collate "C" not null,
    company text collate "C",
    address text collate "C",
    city text collate "C",
    state text collate "C",
    country text collate "C",
    postal_code text collate "C",
    phone text collate "C",
    fax text collate "C",
    email text collate "C" not null,
    support_rep_id integer,
    constraint customer_pkey primary key (id),
    constraint customer_first_name_size check (char_length(first_name) <= 40),
    constraint customer_last_name_size check (char_length(last_name) <= 20),
    constraint customer_company_size check (char_length(company) <= 80),
    constraint customer_address_size check (char_length(address) <= 70),
    constraint customer_city_size check (char_length(city) <= 40),
    constraint customer_state_size check (char_length(state) <= 40),
    constraint customer_country_size check (char_length(country) <= 40),
    constraint customer_postal_code_size check (char_length(postal_code) <= 10),
    constraint customer_phone_size check (char_length(phone) <= 24),
    constraint customer_fax_size check (char_length(fax) <= 24),
    constraint customer_email_size check (char_length(email) <= 60)
);

create table invoice (
    id integer not null,
    customer_id integer not null,
    invoice_date timestamptz not null,
    billing_address text collate "C",
    billing_city text collate "C",
    billing_state text collate "C",
    billing_country text collate "C",
    billing_postal_code text collate "C",
    total numeric(10, 2) not null,
    constraint invoice_pkey primary key (id),
    constraint invoice_invoice_date_type check (invoice_date >= timestamptz '0001-01-01 00:00:00+00' and invoice_date < timestamptz '10000-01-01 00:00:00+00'),
    constraint invoice_billing_address_size check (char_length(billing_address) <= 70),
    constraint invoice_billing_city_size check (char_length(billing_city) <= 40),
    constraint invoice_billing_state_size check (char_length(billing_state) <= 40),
    constraint invoice_billing_country_size check (char_length(billing_country) <= 40),
    constraint invoice_billing_postal_code_size check (char_length(billing_postal_code) <= 10),
    constraint invoice_total_type check (total <> numeric 'NaN')
);

create table invoice_line (
    id integer not null,
    invoice_id integer not null,
    track_id integer not null,
    unit_price numeric(10, 2) not null,
    quantity integer not null,
    constraint invoice_line_pkey primary key (id),
    constraint invoice_line_unit_price_type check (unit_price <> numeric 'NaN')
);

alter table album add constraint album_artist_id_fkey
    foreign key (artist_id) references artist (id) deferrable initially deferred;

alter table track add constraint track_album_id_fkey
    foreign key (album_id) references album (id) deferrable initially deferred;

alter table track add constraint track_media_type_id_fkey
    foreign key (media_type_id) references media_type (id) deferrable initially deferred;

alter table track add constraint track_genre_id_fkey
    foreign key (genre_id) references genre (id) deferrable initially deferred;

alter table playlist_track add constraint playlist_track_playlist_id_fkey
    foreign key (playlist_id) references playlist (id) on delete cascade deferrable initially deferred;

alter table playlist_track add constraint playlist_track_track_id_fkey
    foreign key (track_id) references track (id) on delete cascade deferrable initially deferred;

alter table employee add constraint employee_reports_to_id_fkey
    foreign key (reports_to_id) references employee (id) deferrable initially deferred;

alter table customer add constraint customer_support_rep_id_fkey
    foreign key (support_rep_id) references employee (id) deferrable initially deferred;

alter table invoice add constraint invoice_customer_id_fkey
    foreign key (customer_id) references customer (id) deferrable initially deferred;

alter table invoice_line add constraint invoice_line_invoice_id_fkey
    foreign key (invoice_id) references invoice (id) deferrable initially deferred;

alter table invoice_line add constraint invoice_line_track_id_fkey
    foreign key (track_id) references track (id) deferrable initially deferred;

create index album_artist_id_title_id_idx on album (artist_id, title, id);

create index track_genre_id_composer_name_id_idx on track (genre_id, composer, name, id);

create index track_genre_id_name_id_idx on track (genre_id, name, id);

create index track_genre_id_milliseconds_id_idx on track (genre_id, milliseconds, id);

create index track_album_id_name_id_idx on track (album_id, name, id);

create index track_album_id_id_idx on track (album_id, id);

create index track_media_type_id_idx on track (media_type_id);

create index playlist_track_track_id_playlist_id_idx on playlist_track (track_id, playlist_id);

create index employee_reports_to_id_hire_date_last_name_id_idx on employee (reports_to_id, hire_date, last_name, id);

create index customer_country_last_name_first_name_id_idx on customer (country, last_name, first_name, id);

create index customer_support_rep_id_last_name_id_idx on customer (support_rep_id, last_name, id);

create index customer_email_id_idx on customer (email, id);

create index invoice_customer_id_invoice_date_id_idx on invoice (customer_id, invoice_date, id);

create index invoice_billing_country_invoice_date_id_idx on invoice (billing_country, invoice_date, id);

create index invoice_line_track_id_id_idx on invoice_line (track_id, id);

create index invoice_line_invoice_id_idx on invoice_line (invoice_id);

create function refuse() returns trigger language plpgsql set search_path from current as '
begin
    raise exception using errcode = ''23514'', message = ''a row breaks a rule'', schema = tg_table_schema, table = tg_table_name, constraint = tg_argv[0];
end
';

create function playlist_track_playlist_tracks_bounds() returns trigger language plpgsql set search_path from current as '
begin
    if tg_op = ''UPDATE'' and not old.playlist_id is distinct from new.playlist_id then
        return null;
    end if;
    update playlist as p set id = p.id where (new.playlist_id = p.id) and p.xmin <> pg_current_xact_id()::xid;
    if exists (select 1 from playlist as p where new.playlist_id = p.id and (select count(*) from playlist_track as m where m.playlist_id = p.id) > 10000) then
        raise exception using errcode = ''23514'', message = ''a row breaks a rule'', schema = tg_table_schema, table = tg_table_name, constraint = ''playlist_track_playlist_tracks_bounds'';
    end if;
    return null;
end
';

create trigger artist_id_frozen after update on artist
    for each row when (old.id is distinct from new.id) execute function refuse('artist_id_frozen');

create trigger album_id_frozen after update on album
    for each row when (old.id is distinct from new.id) execute function refuse('album_id_frozen');

create trigger genre_id_frozen after update on genre
    for each row when (old.id is distinct from new.id) execute function refuse('genre_id_frozen');

create trigger media_type_id_frozen after update on media_type
    for each row when (old.id is distinct from new.id) execute function refuse('media_type_id_frozen');

create trigger track_id_frozen after update on track
    for each row when (old.id is distinct from new.id) execute function refuse('track_id_frozen');

create trigger playlist_id_frozen after update on playlist
    for each row when (old.id is distinct from new.id) execute function refuse('playlist_id_frozen');

create trigger playlist_track_playlist_frozen after update on playlist_track
    for each row when (old.playlist_id is distinct from new.playlist_id) execute function refuse('playlist_track_playlist_frozen');

create constraint trigger playlist_track_playlist_tracks_bounds after insert or update on playlist_track
    deferrable initially deferred for each row execute function playlist_track_playlist_tracks_bounds();

create trigger playlist_track_track_frozen after update on playlist_track
    for each row when (old.track_id is distinct from new.track_id) execute function refuse('playlist_track_track_frozen');

create trigger employee_id_frozen after update on employee
    for each row when (old.id is distinct from new.id) execute function refuse('employee_id_frozen');

create trigger customer_id_frozen after update on customer
    for each row when (old.id is distinct from new.id) execute function refuse('customer_id_frozen');

create trigger invoice_id_frozen after update on invoice
    for each row when (old.id is distinct from new.id) execute function refuse('invoice_id_frozen');

create trigger invoice_line_id_frozen after update on invoice_line
    for each row when (old.id is distinct from new.id) execute function refuse('invoice_line_id_frozen');

comment on column track.milliseconds is 'How long it plays.';
