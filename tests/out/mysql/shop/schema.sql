-- For MySQL 9. Run by: mysql --default-character-set=utf8mb4 DATABASE < schema.sql

create table `customer` (
    `id` binary(16) not null default (unhex(concat(lpad(hex(floor(timestampdiff(microsecond, timestamp '1970-01-01 00:00:00', utc_timestamp(6)) / 1000)), 12, '0'), '7', substr(hex(random_bytes(2)), 2), hex(8 + mod(ord(random_bytes(1)), 4)), substr(hex(random_bytes(8)), 2)))),
    `email` varchar(255) character set utf8mb4 collate utf8mb4_0900_bin not null,
    `name` varchar(101) character set utf8mb4 collate utf8mb4_0900_bin not null,
    `password` longtext character set utf8mb4 collate utf8mb4_0900_bin not null,
    `tax_id` longtext character set utf8mb4 collate utf8mb4_0900_bin,
    `born` date,
    `size` smallint not null default (0) comment '0 small, 1 medium, 2 large',
    `address_street` varchar(201) character set utf8mb4 collate utf8mb4_0900_bin,
    `address_city` varchar(101) character set utf8mb4 collate utf8mb4_0900_bin,
    `address_country` varchar(3) character set utf8mb4 collate utf8mb4_0900_bin,
    `tags` json not null,
    `credit` decimal(12, 2) not null default (0.00),
    `order_count` bigint not null,
    `created_at` datetime(6) not null default (utc_timestamp(6)),
    `created_by_id` binary(16),
    `updated_at` datetime(6) not null,
    `updated_by_id` binary(16),
    `deleted_at` datetime(6),
    primary key (`id`),
    unique key `customer_email_unique_key` ((case when `deleted_at` is null then replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(`email`, 'A', 'a'), 'B', 'b'), 'C', 'c'), 'D', 'd'), 'E', 'e'), 'F', 'f'), 'G', 'g'), 'H', 'h'), 'I', 'i'), 'J', 'j'), 'K', 'k'), 'L', 'l'), 'M', 'm'), 'N', 'n'), 'O', 'o'), 'P', 'p'), 'Q', 'q'), 'R', 'r'), 'S', 's'), 'T', 't'), 'U', 'u'), 'V', 'v'), 'W', 'w'), 'X', 'x'), 'Y', 'y'), 'Z', 'z') else null end)),
    key `customer_created_by_id_idx` (`created_by_id`),
    key `customer_updated_by_id_idx` (`updated_by_id`),
    constraint `customer_email_size` check (char_length(`email`) <= 254),
    constraint `customer_name_size` check (char_length(`name`) <= 100),
    constraint `customer_password_hash` check (regexp_like(`password`, '^[$][^$]+[$].*[$]', 'cn') <> 0),
    constraint `customer_born_type` check (`born` >= date '0001-01-01'),
    constraint `customer_size_type` check (`size` >= 0 and `size` < 3),
    constraint `customer_address_street_size` check (char_length(`address_street`) <= 200),
    constraint `customer_address_city_size` check (char_length(`address_city`) <= 100),
    constraint `customer_address_country_size` check (char_length(`address_country`) <= 2),
    constraint `customer_address_whole_check` check (`address_street` is null and `address_city` is null and `address_country` is null or `address_street` is not null and `address_city` is not null and `address_country` is not null),
    constraint `customer_tags_type` check (json_schema_valid('{"type":"array","items":{"type":"string"}}', `tags`) <> 0),
    constraint `customer_tags_item_size` check (json_schema_valid('{"items":{"minLength":0,"maxLength":30}}', `tags`) <> 0),
    constraint `customer_tags_items` check (json_length(`tags`) <= 20),
    constraint `customer_credit_money_check` check (`credit` >= 0),
    constraint `customer_created_at_type` check (`created_at` >= timestamp '0001-01-01 00:00:00'),
    constraint `customer_updated_at_type` check (`updated_at` >= timestamp '0001-01-01 00:00:00'),
    constraint `customer_deleted_at_type` check (`deleted_at` >= timestamp '0001-01-01 00:00:00'),
    constraint `customer_adult_check` check (`born` is null or `born` <= date '2008-01-01')
) engine = InnoDB, default character set = utf8mb4, collate = utf8mb4_0900_bin;

create table `order_number_seq` (
    `last` bigint not null
) engine = InnoDB;

insert into `order_number_seq` values (0);

create table `order` (
    `id` binary(16) not null default (unhex(concat(lpad(hex(floor(timestampdiff(microsecond, timestamp '1970-01-01 00:00:00', utc_timestamp(6)) / 1000)), 12, '0'), '7', substr(hex(random_bytes(2)), 2), hex(8 + mod(ord(random_bytes(1)), 4)), substr(hex(random_bytes(8)), 2)))),
    `number` bigint not null,
    `customer_id` binary(16) not null,
    `payment_id` binary(16),
    `status` varchar(10) character set utf8mb4 collate utf8mb4_0900_bin not null default ('draft'),
    `placed_at` datetime(6),
    `total` decimal(12, 2) not null,
    `version` bigint not null default (1),
    primary key (`id`),
    unique key `order_number_key` (`number`),
    unique key `order_one_draft_key` ((case when `status` = 'draft' then `customer_id` else null end)),
    key `order_payment_id_customer_id_idx` (`payment_id`, `customer_id`),
    key `order_customer_id_placed_at_id_idx` (`customer_id`, `placed_at`, `id`),
    constraint `order_status_type` check (`status` in ('draft', 'placed', 'paid', 'shipped', 'cancelled')),
    constraint `order_placed_at_type` check (`placed_at` >= timestamp '0001-01-01 00:00:00'),
    constraint `order_total_money_check` check (`total` >= 0),
    constraint `order_placed_has_time_check` check (`status` in ('draft', 'cancelled') or `placed_at` is not null)
) engine = InnoDB, default character set = utf8mb4, collate = utf8mb4_0900_bin;

create table `order_line` (
    `order_id` binary(16) not null,
    `line_no` int not null,
    `product_id` bigint not null,
    `quantity` int not null,
    `unit_price` decimal(12, 2) not null,
    primary key (`order_id`, `line_no`),
    key `order_line_product_id_idx` (`product_id`),
    constraint `order_line_quantity_bounds_check` check (`quantity` >= 1 and `quantity` <= 1000),
    constraint `order_line_unit_price_money_check` check (`unit_price` >= 0)
) engine = InnoDB, default character set = utf8mb4, collate = utf8mb4_0900_bin;

create table `product_id_seq` (
    `last` bigint not null
) engine = InnoDB;

insert into `product_id_seq` values (0);

create table `product` (
    `id` bigint not null,
    `sku` varchar(41) character set utf8mb4 collate utf8mb4_0900_bin not null,
    `name` varchar(201) character set utf8mb4 collate utf8mb4_0900_bin not null,
    `price` decimal(12, 2) not null,
    `stock` int not null default (0),
    primary key (`id`),
    unique key `product_sku_key` (`sku`),
    constraint `product_sku_size` check (char_length(`sku`) <= 40),
    constraint `product_sku_matches_check` check (regexp_like(`sku`, '\\A[A-Z]{3}\\-[0-9]+\\z', 'cn') <> 0),
    constraint `product_name_size` check (char_length(`name`) <= 200),
    constraint `product_price_money_check` check (`price` >= 0),
    constraint `product_stock_bounds_check` check (`stock` >= 0)
) engine = InnoDB, default character set = utf8mb4, collate = utf8mb4_0900_bin;

create table `warehouse` (
    `id` int not null,
    `zip` varchar(11) character set utf8mb4 collate utf8mb4_0900_bin not null,
    `city` varchar(81) character set utf8mb4 collate utf8mb4_0900_bin not null,
    primary key (`id`),
    constraint `warehouse_zip_size` check (char_length(`zip`) <= 10),
    constraint `warehouse_city_size` check (char_length(`city`) <= 80)
) engine = InnoDB, default character set = utf8mb4, collate = utf8mb4_0900_bin;

create table `delivery` (
    `id` binary(16) not null default (unhex(concat(lpad(hex(floor(timestampdiff(microsecond, timestamp '1970-01-01 00:00:00', utc_timestamp(6)) / 1000)), 12, '0'), '7', substr(hex(random_bytes(2)), 2), hex(8 + mod(ord(random_bytes(1)), 4)), substr(hex(random_bytes(8)), 2)))),
    `dock_id` int not null,
    `during_start` datetime(6) not null,
    `during_end` datetime(6) not null,
    primary key (`id`),
    key `delivery_dock_id_idx` (`dock_id`),
    constraint `delivery_during_start_type` check (`during_start` >= timestamp '0001-01-01 00:00:00'),
    constraint `delivery_during_end_type` check (`during_end` >= timestamp '0001-01-01 00:00:00'),
    constraint `delivery_during_whole_check` check (`during_start` < `during_end`)
) engine = InnoDB, default character set = utf8mb4, collate = utf8mb4_0900_bin;

create table `payment_method` (
    `id` binary(16) not null default (unhex(concat(lpad(hex(floor(timestampdiff(microsecond, timestamp '1970-01-01 00:00:00', utc_timestamp(6)) / 1000)), 12, '0'), '7', substr(hex(random_bytes(2)), 2), hex(8 + mod(ord(random_bytes(1)), 4)), substr(hex(random_bytes(8)), 2)))),
    `customer_id` binary(16) not null,
    `is` varchar(5) character set utf8mb4 collate utf8mb4_0900_bin not null,
    `last4` varchar(5) character set utf8mb4 collate utf8mb4_0900_bin,
    `expires` date,
    `number` longtext character set utf8mb4 collate utf8mb4_0900_bin,
    primary key (`id`),
    unique key `payment_method_id_customer_id_key` (`id`, `customer_id`),
    key `payment_method_customer_id_idx` (`customer_id`),
    constraint `payment_method_is_type` check (`is` in ('Card', 'Iban')),
    constraint `payment_method_last4_size` check (char_length(`last4`) <= 4),
    constraint `payment_method_expires_type` check (`expires` >= date '0001-01-01'),
    constraint `payment_method_last4_only_check` check (`is` = 'Card' or `last4` is null),
    constraint `payment_method_last4_required_check` check (`is` <> 'Card' or `last4` is not null),
    constraint `payment_method_expires_only_check` check (`is` = 'Card' or `expires` is null),
    constraint `payment_method_expires_required_check` check (`is` <> 'Card' or `expires` is not null),
    constraint `payment_method_number_only_check` check (`is` = 'Iban' or `number` is null),
    constraint `payment_method_number_required_check` check (`is` <> 'Iban' or `number` is not null)
) engine = InnoDB, default character set = utf8mb4, collate = utf8mb4_0900_bin;

create table `wishlist` (
    `customer_id` binary(16) not null,
    `product_id` bigint not null,
    `added_at` datetime(6) not null,
    primary key (`customer_id`, `product_id`),
    key `wishlist_product_id_idx` (`product_id`),
    constraint `wishlist_added_at_type` check (`added_at` >= timestamp '0001-01-01 00:00:00')
) engine = InnoDB, default character set = utf8mb4, collate = utf8mb4_0900_bin;

alter table `customer` add constraint `customer_created_by_id_fkey`
    foreign key (`created_by_id`) references `customer` (`id`);

alter table `customer` add constraint `customer_updated_by_id_fkey`
    foreign key (`updated_by_id`) references `customer` (`id`);

alter table `order` add constraint `order_customer_id_fkey`
    foreign key (`customer_id`) references `customer` (`id`);

alter table `order` add constraint `order_payment_id_customer_id_fkey`
    foreign key (`payment_id`, `customer_id`) references `payment_method` (`id`, `customer_id`);

alter table `order` add constraint `order_payment_id_fkey`
    foreign key (`payment_id`) references `payment_method` (`id`);

alter table `order_line` add constraint `order_line_order_id_fkey`
    foreign key (`order_id`) references `order` (`id`) on delete cascade;

alter table `order_line` add constraint `order_line_product_id_fkey`
    foreign key (`product_id`) references `product` (`id`);

alter table `delivery` add constraint `delivery_dock_id_fkey`
    foreign key (`dock_id`) references `warehouse` (`id`);

alter table `payment_method` add constraint `payment_method_customer_id_fkey`
    foreign key (`customer_id`) references `customer` (`id`) on delete cascade;

alter table `wishlist` add constraint `wishlist_customer_id_fkey`
    foreign key (`customer_id`) references `customer` (`id`) on delete cascade;

alter table `wishlist` add constraint `wishlist_product_id_fkey`
    foreign key (`product_id`) references `product` (`id`) on delete cascade;

delimiter //

create trigger `customer_id_frozen` before update on `customer`
    for each row if not `old`.`id` <=> `new`.`id` then
        signal sqlstate 'HY000' set mysql_errno = 3819, message_text = 'Check constraint ''customer_id_frozen'' is violated.';
    end if//

create trigger `order_id_frozen` before update on `order`
    for each row if not `old`.`id` <=> `new`.`id` then
        signal sqlstate 'HY000' set mysql_errno = 3819, message_text = 'Check constraint ''order_id_frozen'' is violated.';
    end if//

create trigger `order_version_risen` before update on `order`
    for each row if not `new`.`version` <=> `old`.`version` + 1 and (not `old`.`version` <=> `new`.`version` or not `old`.`id` <=> `new`.`id` or not `old`.`number` <=> `new`.`number` or not `old`.`customer_id` <=> `new`.`customer_id` or not `old`.`payment_id` <=> `new`.`payment_id` and `new`.`payment_id` is not null or not `old`.`status` <=> `new`.`status` or not `old`.`placed_at` <=> `new`.`placed_at`) then
        signal sqlstate 'HY000' set mysql_errno = 3819, message_text = 'Check constraint ''order_version_risen'' is violated.';
    end if//

create trigger `order_version_begun` before insert on `order`
    for each row if not `new`.`version` <=> 1 then
        signal sqlstate 'HY000' set mysql_errno = 3819, message_text = 'Check constraint ''order_version_risen'' is violated.';
    end if//

create trigger `order_status_moves` before update on `order`
    for each row if not `old`.`status` <=> `new`.`status` and not coalesce(`old`.`status` = 'draft' and `new`.`status` = 'placed' or `old`.`status` = 'draft' and `new`.`status` = 'cancelled' or `old`.`status` = 'placed' and `new`.`status` = 'paid' or `old`.`status` = 'placed' and `new`.`status` = 'cancelled' or `old`.`status` = 'paid' and `new`.`status` = 'shipped', false) then
        signal sqlstate 'HY000' set mysql_errno = 3819, message_text = 'Check constraint ''order_status_moves'' is violated.';
    end if//

create trigger `order_keep_at_least_kept` before delete on `order`
    for each row if `old`.`placed_at` is not null and not `old`.`placed_at` + interval 84 month + interval 0 microsecond < utc_timestamp(6) then
        signal sqlstate 'HY000' set mysql_errno = 3819, message_text = 'Check constraint ''order_keep_at_least_kept'' is violated.';
    end if//

create trigger `order_line_owner_frozen` before update on `order_line`
    for each row if not `old`.`order_id` <=> `new`.`order_id` then
        signal sqlstate 'HY000' set mysql_errno = 3819, message_text = 'Check constraint ''order_line_owner_frozen'' is violated.';
    end if//

create trigger `order_line_line_no_frozen` before update on `order_line`
    for each row if not `old`.`line_no` <=> `new`.`line_no` then
        signal sqlstate 'HY000' set mysql_errno = 3819, message_text = 'Check constraint ''order_line_line_no_frozen'' is violated.';
    end if//

create trigger `product_id_frozen` before update on `product`
    for each row if not `old`.`id` <=> `new`.`id` then
        signal sqlstate 'HY000' set mysql_errno = 3819, message_text = 'Check constraint ''product_id_frozen'' is violated.';
    end if//

create trigger `warehouse_id_frozen` before update on `warehouse`
    for each row if not `old`.`id` <=> `new`.`id` then
        signal sqlstate 'HY000' set mysql_errno = 3819, message_text = 'Check constraint ''warehouse_id_frozen'' is violated.';
    end if//

create trigger `delivery_id_frozen` before update on `delivery`
    for each row if not `old`.`id` <=> `new`.`id` then
        signal sqlstate 'HY000' set mysql_errno = 3819, message_text = 'Check constraint ''delivery_id_frozen'' is violated.';
    end if//

create trigger `delivery_append_only_updated` before update on `delivery`
    for each row if not `old`.`id` <=> `new`.`id` or not `old`.`dock_id` <=> `new`.`dock_id` or not `old`.`during_start` <=> `new`.`during_start` or not `old`.`during_end` <=> `new`.`during_end` then
        signal sqlstate 'HY000' set mysql_errno = 3819, message_text = 'Check constraint ''delivery_append_only_updated'' is violated.';
    end if//

create trigger `delivery_append_only_deleted` before delete on `delivery`
    for each row if not coalesce(`old`.`during_end` + interval 36 month + interval 0 microsecond < utc_timestamp(6), false) then
        signal sqlstate 'HY000' set mysql_errno = 3819, message_text = 'Check constraint ''delivery_append_only_deleted'' is violated.';
    end if//

create trigger `payment_method_id_frozen` before update on `payment_method`
    for each row if not `old`.`id` <=> `new`.`id` then
        signal sqlstate 'HY000' set mysql_errno = 3819, message_text = 'Check constraint ''payment_method_id_frozen'' is violated.';
    end if//

create trigger `payment_method_is_frozen` before update on `payment_method`
    for each row if not `old`.`is` <=> `new`.`is` then
        signal sqlstate 'HY000' set mysql_errno = 3819, message_text = 'Check constraint ''payment_method_is_frozen'' is violated.';
    end if//

create trigger `wishlist_customer_frozen` before update on `wishlist`
    for each row if not `old`.`customer_id` <=> `new`.`customer_id` then
        signal sqlstate 'HY000' set mysql_errno = 3819, message_text = 'Check constraint ''wishlist_customer_frozen'' is violated.';
    end if//

create trigger `wishlist_product_frozen` before update on `wishlist`
    for each row if not `old`.`product_id` <=> `new`.`product_id` then
        signal sqlstate 'HY000' set mysql_errno = 3819, message_text = 'Check constraint ''wishlist_product_frozen'' is violated.';
    end if//

delimiter ;
