-- For PostgreSQL 17 and UTF-8 databases. Run by: psql -1 -v ON_ERROR_STOP=1 -f schema.sql

create extension if not exists btree_gist;

create table customer (
    id uuid not null default encode(set_bit(set_bit(pg_catalog.overlay(uuid_send(gen_random_uuid()), substring(int8send(floor(date_part('epoch', clock_timestamp()) * 1000)::bigint), 3), 1, 6), 52, 1), 53, 1), 'hex')::uuid,
    email text collate "C" not null,
    name text collate "C" not null,
    password text collate "C" not null,
    tax_id text collate "C",
    born date,
    size smallint not null default 0,
    address_street text collate "C",
    address_city text collate "C",
    address_country text collate "C",
    tags jsonb not null,
    credit numeric(12, 2) not null default 0.00,
    order_count bigint not null,
    created_at timestamptz not null default now(),
    created_by_id uuid,
    updated_at timestamptz not null,
    updated_by_id uuid,
    deleted_at timestamptz,
    constraint customer_pkey primary key (id),
    constraint customer_email_size check (char_length(email) <= 254),
    constraint customer_name_size check (char_length(name) <= 100),
    constraint customer_password_hash check (password ~ '^\$[^$]+\$.*\$'),
    constraint customer_born_type check (born >= date '0001-01-01' and born < date '10000-01-01'),
    constraint customer_size_type check (size >= 0 and size < 3),
    constraint customer_address_street_size check (char_length(address_street) <= 200),
    constraint customer_address_city_size check (char_length(address_city) <= 100),
    constraint customer_address_country_size check (char_length(address_country) <= 2),
    constraint customer_address_whole_check check (address_street is null and address_city is null and address_country is null or address_street is not null and address_city is not null and address_country is not null),
    constraint customer_tags_type check (jsonb_typeof(tags) = 'array' and not jsonb_path_exists(tags, '$[*] ? (!(@.type() == "string"))'::jsonpath)),
    constraint customer_tags_item_size check (not jsonb_path_exists(tags, '$[*] ? (!(@ like_regex "^.{0,30}$" flag "s"))'::jsonpath)),
    constraint customer_tags_items check (jsonb_array_length(tags) <= 20),
    constraint customer_credit_type check (credit <> numeric 'NaN'),
    constraint customer_credit_money_check check (credit >= 0),
    constraint customer_created_at_type check (created_at >= timestamptz '0001-01-01 00:00:00+00' and created_at < timestamptz '10000-01-01 00:00:00+00'),
    constraint customer_updated_at_type check (updated_at >= timestamptz '0001-01-01 00:00:00+00' and updated_at < timestamptz '10000-01-01 00:00:00+00'),
    constraint customer_deleted_at_type check (deleted_at >= timestamptz '0001-01-01 00:00:00+00' and deleted_at < timestamptz '10000-01-01 00:00:00+00'),
    constraint customer_adult_check check (born is null or born <= '2008-01-01'::date)
);

create sequence order_number_seq;

create table "order" (
    id uuid not null default encode(set_bit(set_bit(pg_catalog.overlay(uuid_send(gen_random_uuid()), substring(int8send(floor(date_part('epoch', clock_timestamp()) * 1000)::bigint), 3), 1, 6), 52, 1), 53, 1), 'hex')::uuid,
    number bigint not null default nextval('order_number_seq'::regclass),
    customer_id uuid not null,
    payment_id uuid,
    status text collate "C" not null default 'draft',
    placed_at timestamptz,
    total numeric(12, 2) not null,
    version bigint not null default 1,
    constraint order_pkey primary key (id),
    constraint order_number_key unique (number) deferrable initially deferred,
    constraint order_status_type check (status in ('draft', 'placed', 'paid', 'shipped', 'cancelled')),
    constraint order_placed_at_type check (placed_at >= timestamptz '0001-01-01 00:00:00+00' and placed_at < timestamptz '10000-01-01 00:00:00+00'),
    constraint order_total_type check (total <> numeric 'NaN'),
    constraint order_total_money_check check (total >= 0),
    constraint order_placed_has_time_check check (status in ('draft', 'cancelled') or placed_at is not null)
);

alter sequence order_number_seq owned by "order".number;

create table order_line (
    order_id uuid not null,
    line_no integer not null,
    product_id bigint not null,
    quantity integer not null,
    unit_price numeric(12, 2) not null,
    constraint order_line_pkey primary key (order_id, line_no),
    constraint order_line_quantity_bounds_check check (quantity >= 1 and quantity <= 1000),
    constraint order_line_unit_price_type check (unit_price <> numeric 'NaN'),
    constraint order_line_unit_price_money_check check (unit_price >= 0)
);

create sequence product_id_seq;

create table product (
    id bigint not null default nextval('product_id_seq'::regclass),
    sku text collate "C" not null,
    name text collate "C" not null,
    price numeric(12, 2) not null,
    stock integer not null default 0,
    constraint product_pkey primary key (id),
    constraint product_sku_key unique (sku) deferrable initially deferred,
    constraint product_sku_size check (char_length(sku) <= 40),
    constraint product_sku_matches_check check (sku ~ '^[A-Z]{3}\-[0-9]+$'),
    constraint product_name_size check (char_length(name) <= 200),
    constraint product_price_type check (price <> numeric 'NaN'),
    constraint product_price_money_check check (price >= 0),
    constraint product_stock_bounds_check check (stock >= 0)
);

alter sequence product_id_seq owned by product.id;

create table warehouse (
    id integer not null,
    zip text collate "C" not null,
    city text collate "C" not null,
    constraint warehouse_pkey primary key (id),
    constraint warehouse_zip_size check (char_length(zip) <= 10),
    constraint warehouse_city_size check (char_length(city) <= 80)
);

create table delivery (
    id uuid not null default encode(set_bit(set_bit(pg_catalog.overlay(uuid_send(gen_random_uuid()), substring(int8send(floor(date_part('epoch', clock_timestamp()) * 1000)::bigint), 3), 1, 6), 52, 1), 53, 1), 'hex')::uuid,
    dock_id integer not null,
    during_start timestamptz not null,
    during_end timestamptz not null,
    constraint delivery_pkey primary key (id),
    constraint delivery_during_start_type check (during_start >= timestamptz '0001-01-01 00:00:00+00' and during_start < timestamptz '10000-01-01 00:00:00+00'),
    constraint delivery_during_end_type check (during_end >= timestamptz '0001-01-01 00:00:00+00' and during_end < timestamptz '10000-01-01 00:00:00+00'),
    constraint delivery_during_whole_check check (during_start < during_end),
    constraint delivery_no_overlap_dock_during_excl exclude using gist (dock_id with =, tstzrange(during_start, during_end) with &&)
);

create table payment_method (
    id uuid not null default encode(set_bit(set_bit(pg_catalog.overlay(uuid_send(gen_random_uuid()), substring(int8send(floor(date_part('epoch', clock_timestamp()) * 1000)::bigint), 3), 1, 6), 52, 1), 53, 1), 'hex')::uuid,
    customer_id uuid not null,
    "is" text collate "C" not null,
    last4 text collate "C",
    expires date,
    number text collate "C",
    constraint payment_method_pkey primary key (id),
    constraint payment_method_id_customer_id_key unique (id, customer_id),
    constraint payment_method_is_type check ("is" in ('Card', 'Iban')),
    constraint payment_method_last4_size check (char_length(last4) <= 4),
    constraint payment_method_expires_type check (expires >= date '0001-01-01' and expires < date '10000-01-01'),
    constraint payment_method_last4_only_check check ("is" = 'Card' or last4 is null),
    constraint payment_method_last4_required_check check ("is" <> 'Card' or last4 is not null),
    constraint payment_method_expires_only_check check ("is" = 'Card' or expires is null),
    constraint payment_method_expires_required_check check ("is" <> 'Card' or expires is not null),
    constraint payment_method_number_only_check check ("is" = 'Iban' or number is null),
    constraint payment_method_number_required_check check ("is" <> 'Iban' or number is not null)
);

create table wishlist (
    customer_id uuid not null,
    product_id bigint not null,
    added_at timestamptz not null,
    constraint wishlist_pkey primary key (customer_id, product_id),
    constraint wishlist_added_at_type check (added_at >= timestamptz '0001-01-01 00:00:00+00' and added_at < timestamptz '10000-01-01 00:00:00+00')
);

alter table customer add constraint customer_created_by_id_fkey
    foreign key (created_by_id) references customer (id) deferrable initially deferred;

alter table customer add constraint customer_updated_by_id_fkey
    foreign key (updated_by_id) references customer (id) deferrable initially deferred;

alter table "order" add constraint order_customer_id_fkey
    foreign key (customer_id) references customer (id) deferrable initially deferred;

alter table "order" add constraint order_payment_id_fkey
    foreign key (payment_id) references payment_method (id) on delete set null deferrable initially deferred;

alter table "order" add constraint order_payment_id_customer_id_fkey
    foreign key (payment_id, customer_id) references payment_method (id, customer_id) deferrable initially deferred;

alter table order_line add constraint order_line_order_id_fkey
    foreign key (order_id) references "order" (id) on delete cascade deferrable initially deferred;

alter table order_line add constraint order_line_product_id_fkey
    foreign key (product_id) references product (id) deferrable initially deferred;

alter table delivery add constraint delivery_dock_id_fkey
    foreign key (dock_id) references warehouse (id) deferrable initially deferred;

alter table payment_method add constraint payment_method_customer_id_fkey
    foreign key (customer_id) references customer (id) on delete cascade deferrable initially deferred;

alter table wishlist add constraint wishlist_customer_id_fkey
    foreign key (customer_id) references customer (id) on delete cascade deferrable initially deferred;

alter table wishlist add constraint wishlist_product_id_fkey
    foreign key (product_id) references product (id) on delete cascade deferrable initially deferred;

create unique index customer_email_unique_key on customer (lower(email)) where deleted_at is null;

create index customer_created_by_id_idx on customer (created_by_id);

create index customer_updated_by_id_idx on customer (updated_by_id);

create unique index order_one_draft_key on "order" (customer_id) where status = 'draft';

create index order_customer_id_placed_at_id_idx on "order" (customer_id, placed_at, id);

create index order_payment_id_idx on "order" (payment_id);

create index order_line_product_id_idx on order_line (product_id);

create index delivery_dock_id_idx on delivery (dock_id);

create index payment_method_customer_id_idx on payment_method (customer_id);

create index wishlist_product_id_idx on wishlist (product_id);

create function refuse() returns trigger language plpgsql set search_path from current as '
begin
    raise exception using errcode = ''23514'', message = ''a row breaks a rule'', schema = tg_table_schema, table = tg_table_name, constraint = tg_argv[0];
end
';

create function customer_order_count_derived() returns trigger language plpgsql set search_path from current as '
begin
    if tg_op = ''UPDATE'' and not old is distinct from new then
        return null;
    end if;
    if exists (select 1 from customer as p where p.id = new.id and p.order_count is distinct from (select count(*) from "order" as r1 where r1.customer_id = p.id) and p.deleted_at is null) then
        raise exception using errcode = ''23514'', message = ''a row breaks a rule'', schema = tg_table_schema, table = tg_table_name, constraint = ''customer_order_count_derived'';
    end if;
    return null;
end
';

create function customer_created_by_living() returns trigger language plpgsql set search_path from current as '
begin
    if tg_op = ''UPDATE'' and not old.created_by_id is distinct from new.created_by_id and (old.deleted_at is null or new.deleted_at is not null) then
        return null;
    end if;
    perform 1 from customer as p where new.created_by_id = p.id for share;
    if exists (select 1 from customer as t where t.id = new.id and t.created_by_id = new.created_by_id and not exists (select 1 from customer as p where t.created_by_id = p.id and p.deleted_at is null)) then
        raise exception using errcode = ''23514'', message = ''a row breaks a rule'', schema = tg_table_schema, table = tg_table_name, constraint = ''customer_created_by_living'';
    end if;
    return null;
end
';

create function customer_updated_by_living() returns trigger language plpgsql set search_path from current as '
begin
    if tg_op = ''UPDATE'' and not old.updated_by_id is distinct from new.updated_by_id and (old.deleted_at is null or new.deleted_at is not null) then
        return null;
    end if;
    perform 1 from customer as p where new.updated_by_id = p.id for share;
    if exists (select 1 from customer as t where t.id = new.id and t.updated_by_id = new.updated_by_id and not exists (select 1 from customer as p where t.updated_by_id = p.id and p.deleted_at is null)) then
        raise exception using errcode = ''23514'', message = ''a row breaks a rule'', schema = tg_table_schema, table = tg_table_name, constraint = ''customer_updated_by_living'';
    end if;
    return null;
end
';

create function customer_customer_orders_bounded() returns trigger language plpgsql set search_path from current as '
begin
    if tg_op = ''UPDATE'' and not (old.deleted_at is not null and new.deleted_at is null) then
        return null;
    end if;
    if exists (select 1 from customer as p where p.id = new.id and p.deleted_at is null and (select count(*) from "order" as m where m.customer_id = p.id) > 10000) then
        raise exception using errcode = ''23514'', message = ''a row breaks a rule'', schema = tg_table_schema, table = tg_table_name, constraint = ''order_customer_orders_bounds'';
    end if;
    return null;
end
';

create function customer_customer_wishes_bounded() returns trigger language plpgsql set search_path from current as '
begin
    if tg_op = ''UPDATE'' and not (old.deleted_at is not null and new.deleted_at is null) then
        return null;
    end if;
    if exists (select 1 from customer as p where p.id = new.id and p.deleted_at is null and (select count(*) from wishlist as m where m.customer_id = p.id) > 500) then
        raise exception using errcode = ''23514'', message = ''a row breaks a rule'', schema = tg_table_schema, table = tg_table_name, constraint = ''wishlist_customer_wishes_bounds'';
    end if;
    return null;
end
';

create function order_customer_order_count_derived() returns trigger language plpgsql set search_path from current as '
begin
    if tg_op = ''UPDATE'' and not old is distinct from new then
        return null;
    end if;
    update customer as p set id = p.id where (new.customer_id = p.id or old.customer_id = p.id) and p.xmin <> pg_current_xact_id()::xid;
    if exists (select 1 from customer as p where (new.customer_id = p.id or old.customer_id = p.id) and p.order_count is distinct from (select count(*) from "order" as r1 where r1.customer_id = p.id) and p.deleted_at is null) then
        raise exception using errcode = ''23514'', message = ''a row breaks a rule'', schema = tg_table_schema, table = tg_table_name, constraint = ''customer_order_count_derived'';
    end if;
    return null;
end
';

create function order_customer_living() returns trigger language plpgsql set search_path from current as '
begin
    if tg_op = ''UPDATE'' and not old.customer_id is distinct from new.customer_id then
        return null;
    end if;
    perform 1 from customer as p where new.customer_id = p.id for share;
    if exists (select 1 from "order" as t where t.id = new.id and t.customer_id = new.customer_id and not exists (select 1 from customer as p where t.customer_id = p.id and p.deleted_at is null)) then
        raise exception using errcode = ''23514'', message = ''a row breaks a rule'', schema = tg_table_schema, table = tg_table_name, constraint = ''order_customer_living'';
    end if;
    return null;
end
';

create function order_customer_orders_bounds() returns trigger language plpgsql set search_path from current as '
begin
    if tg_op = ''UPDATE'' and not old.customer_id is distinct from new.customer_id then
        return null;
    end if;
    update customer as p set id = p.id where (new.customer_id = p.id) and p.xmin <> pg_current_xact_id()::xid;
    if exists (select 1 from customer as p where new.customer_id = p.id and p.deleted_at is null and (select count(*) from "order" as m where m.customer_id = p.id) > 10000) then
        raise exception using errcode = ''23514'', message = ''a row breaks a rule'', schema = tg_table_schema, table = tg_table_name, constraint = ''order_customer_orders_bounds'';
    end if;
    return null;
end
';

create function order_total_derived() returns trigger language plpgsql set search_path from current as '
begin
    if tg_op = ''UPDATE'' and not old is distinct from new then
        return null;
    end if;
    if exists (select 1 from "order" as p where p.id = new.id and p.total is distinct from (select case when abs(coalesce(sum(r1.quantity::numeric * r1.unit_price), 0)) < 1000000000000000000000000000000000000 then coalesce(sum(r1.quantity::numeric * r1.unit_price), 0) else null end from order_line as r1 where r1.order_id = p.id)) then
        raise exception using errcode = ''23514'', message = ''a row breaks a rule'', schema = tg_table_schema, table = tg_table_name, constraint = ''order_total_derived'';
    end if;
    return null;
end
';

create function order_order_lines_bounded() returns trigger language plpgsql set search_path from current as '
begin
    if exists (select 1 from "order" as p where p.id = new.id and ((select count(*) from order_line as m where m.order_id = p.id) < 1 or (select count(*) from order_line as m where m.order_id = p.id) > 50)) then
        raise exception using errcode = ''23514'', message = ''a row breaks a rule'', schema = tg_table_schema, table = tg_table_name, constraint = ''order_line_order_lines_bounds'';
    end if;
    return null;
end
';

create function order_line_order_total_derived() returns trigger language plpgsql set search_path from current as '
begin
    if tg_op = ''UPDATE'' and not old is distinct from new then
        return null;
    end if;
    update "order" as p set id = p.id where (new.order_id = p.id or old.order_id = p.id) and p.xmin <> pg_current_xact_id()::xid;
    if exists (select 1 from "order" as p where (new.order_id = p.id or old.order_id = p.id) and p.total is distinct from (select case when abs(coalesce(sum(r1.quantity::numeric * r1.unit_price), 0)) < 1000000000000000000000000000000000000 then coalesce(sum(r1.quantity::numeric * r1.unit_price), 0) else null end from order_line as r1 where r1.order_id = p.id)) then
        raise exception using errcode = ''23514'', message = ''a row breaks a rule'', schema = tg_table_schema, table = tg_table_name, constraint = ''order_total_derived'';
    end if;
    return null;
end
';

create function order_line_order_lines_bounds() returns trigger language plpgsql set search_path from current as '
begin
    if tg_op = ''UPDATE'' and not old.order_id is distinct from new.order_id then
        return null;
    end if;
    update "order" as p set id = p.id where (new.order_id = p.id or old.order_id = p.id) and p.xmin <> pg_current_xact_id()::xid;
    if exists (select 1 from "order" as p where (new.order_id = p.id or old.order_id = p.id) and ((select count(*) from order_line as m where m.order_id = p.id) < 1 or (select count(*) from order_line as m where m.order_id = p.id) > 50)) then
        raise exception using errcode = ''23514'', message = ''a row breaks a rule'', schema = tg_table_schema, table = tg_table_name, constraint = ''order_line_order_lines_bounds'';
    end if;
    return null;
end
';

create function payment_method_customer_living() returns trigger language plpgsql set search_path from current as '
begin
    if tg_op = ''UPDATE'' and not old.customer_id is distinct from new.customer_id then
        return null;
    end if;
    perform 1 from customer as p where new.customer_id = p.id for share;
    if exists (select 1 from payment_method as t where t.id = new.id and t.customer_id = new.customer_id and not exists (select 1 from customer as p where t.customer_id = p.id and p.deleted_at is null)) then
        raise exception using errcode = ''23514'', message = ''a row breaks a rule'', schema = tg_table_schema, table = tg_table_name, constraint = ''payment_method_customer_living'';
    end if;
    return null;
end
';

create function wishlist_customer_living() returns trigger language plpgsql set search_path from current as '
begin
    if tg_op = ''UPDATE'' and not old.customer_id is distinct from new.customer_id then
        return null;
    end if;
    perform 1 from customer as p where new.customer_id = p.id for share;
    if exists (select 1 from wishlist as t where t.customer_id = new.customer_id and t.product_id = new.product_id and t.customer_id = new.customer_id and not exists (select 1 from customer as p where t.customer_id = p.id and p.deleted_at is null)) then
        raise exception using errcode = ''23514'', message = ''a row breaks a rule'', schema = tg_table_schema, table = tg_table_name, constraint = ''wishlist_customer_living'';
    end if;
    return null;
end
';

create function wishlist_customer_wishes_bounds() returns trigger language plpgsql set search_path from current as '
begin
    if tg_op = ''UPDATE'' and not old.customer_id is distinct from new.customer_id then
        return null;
    end if;
    update customer as p set id = p.id where (new.customer_id = p.id) and p.xmin <> pg_current_xact_id()::xid;
    if exists (select 1 from customer as p where new.customer_id = p.id and p.deleted_at is null and (select count(*) from wishlist as m where m.customer_id = p.id) > 500) then
        raise exception using errcode = ''23514'', message = ''a row breaks a rule'', schema = tg_table_schema, table = tg_table_name, constraint = ''wishlist_customer_wishes_bounds'';
    end if;
    return null;
end
';

create trigger customer_id_frozen after update on customer
    for each row when (old.id is distinct from new.id) execute function refuse('customer_id_frozen');

create constraint trigger customer_order_count_derived after insert or update on customer
    deferrable initially deferred for each row execute function customer_order_count_derived();

create constraint trigger customer_created_by_living after insert or update on customer
    deferrable initially deferred for each row execute function customer_created_by_living();

create constraint trigger customer_updated_by_living after insert or update on customer
    deferrable initially deferred for each row execute function customer_updated_by_living();

create constraint trigger customer_customer_orders_bounded after update on customer
    deferrable initially deferred for each row execute function customer_customer_orders_bounded();

create constraint trigger customer_customer_wishes_bounded after update on customer
    deferrable initially deferred for each row execute function customer_customer_wishes_bounded();

create constraint trigger order_customer_order_count_derived after insert or update or delete on "order"
    deferrable initially deferred for each row execute function order_customer_order_count_derived();

create trigger order_id_frozen after update on "order"
    for each row when (old.id is distinct from new.id) execute function refuse('order_id_frozen');

create constraint trigger order_customer_living after insert or update on "order"
    deferrable initially deferred for each row execute function order_customer_living();

create constraint trigger order_customer_orders_bounds after insert or update on "order"
    deferrable initially deferred for each row execute function order_customer_orders_bounds();

create constraint trigger order_total_derived after insert or update on "order"
    deferrable initially deferred for each row execute function order_total_derived();

create trigger order_version_risen after update on "order"
    for each row when (new.version is distinct from old.version + 1 and (old.version is distinct from new.version or not pg_trigger_depth() > 0 and not old.xmin = pg_current_xact_id()::xid and (old.id is distinct from new.id or old.number is distinct from new.number or old.customer_id is distinct from new.customer_id or old.payment_id is distinct from new.payment_id and new.payment_id is not null or old.status is distinct from new.status or old.placed_at is distinct from new.placed_at))) execute function refuse('order_version_risen');

create trigger order_version_begun after insert on "order"
    for each row when (new.version is distinct from 1) execute function refuse('order_version_risen');

create trigger order_status_moves after update on "order"
    for each row when (old.status is distinct from new.status and not coalesce(old.status = 'draft' and new.status = 'placed' or old.status = 'draft' and new.status = 'cancelled' or old.status = 'placed' and new.status = 'paid' or old.status = 'placed' and new.status = 'cancelled' or old.status = 'paid' and new.status = 'shipped', false)) execute function refuse('order_status_moves');

create trigger order_keep_at_least_kept after delete on "order"
    for each row when (old.placed_at is not null and not old.placed_at at time zone 'UTC' + interval '84 months 0 hours 0 microseconds' < now() at time zone 'UTC') execute function refuse('order_keep_at_least_kept');

create constraint trigger order_order_lines_bounded after insert on "order"
    deferrable initially deferred for each row execute function order_order_lines_bounded();

create constraint trigger order_line_order_total_derived after insert or update or delete on order_line
    deferrable initially deferred for each row execute function order_line_order_total_derived();

create trigger order_line_owner_frozen after update on order_line
    for each row when (old.order_id is distinct from new.order_id) execute function refuse('order_line_owner_frozen');

create constraint trigger order_line_order_lines_bounds after insert or update or delete on order_line
    deferrable initially deferred for each row execute function order_line_order_lines_bounds();

create trigger order_line_line_no_frozen after update on order_line
    for each row when (old.line_no is distinct from new.line_no) execute function refuse('order_line_line_no_frozen');

create trigger product_id_frozen after update on product
    for each row when (old.id is distinct from new.id) execute function refuse('product_id_frozen');

create trigger warehouse_id_frozen after update on warehouse
    for each row when (old.id is distinct from new.id) execute function refuse('warehouse_id_frozen');

create trigger delivery_id_frozen after update on delivery
    for each row when (old.id is distinct from new.id) execute function refuse('delivery_id_frozen');

create trigger delivery_append_only_updated after update on delivery
    for each row when (old.id is distinct from new.id or old.dock_id is distinct from new.dock_id or old.during_start is distinct from new.during_start or old.during_end is distinct from new.during_end) execute function refuse('delivery_append_only_updated');

create trigger delivery_append_only_deleted after delete on delivery
    for each row when (not coalesce(old.during_end at time zone 'UTC' + interval '36 months 0 hours 0 microseconds' < now() at time zone 'UTC', false)) execute function refuse('delivery_append_only_deleted');

create trigger payment_method_id_frozen after update on payment_method
    for each row when (old.id is distinct from new.id) execute function refuse('payment_method_id_frozen');

create constraint trigger payment_method_customer_living after insert or update on payment_method
    deferrable initially deferred for each row execute function payment_method_customer_living();

create trigger payment_method_is_frozen after update on payment_method
    for each row when (old."is" is distinct from new."is") execute function refuse('payment_method_is_frozen');

create trigger wishlist_customer_frozen after update on wishlist
    for each row when (old.customer_id is distinct from new.customer_id) execute function refuse('wishlist_customer_frozen');

create constraint trigger wishlist_customer_living after insert or update on wishlist
    deferrable initially deferred for each row execute function wishlist_customer_living();

create constraint trigger wishlist_customer_wishes_bounds after insert or update on wishlist
    deferrable initially deferred for each row execute function wishlist_customer_wishes_bounds();

create trigger wishlist_product_frozen after update on wishlist
    for each row when (old.product_id is distinct from new.product_id) execute function refuse('wishlist_product_frozen');

comment on column customer.size is '0 small, 1 medium, 2 large';
