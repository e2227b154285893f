-- For MySQL 9. Run by: mysql --default-character-set=utf8mb4 DATABASE < schema.sql

create table `artist` (
    `id` int not null,
    `name` varchar(121) character set utf8mb4 collate utf8mb4_0900_bin,
    primary key (`id`),
    constraint `artist_name_size` check (char_length(`name`) <= 120)
) engine = InnoDB, default character set = utf8mb4, collate = utf8mb4_0900_bin;

create table `album` (
    `id` int not null,
    `title` varchar(161) character set utf8mb4 collate utf8mb4_0900_bin not null,
    `artist_id` int not null,
    primary key (`id`),
    key `album_artist_id_title_id_idx` (`artist_id`, `title`, `id`),
    constraint `album_title_size` check (char_length(`title`) <= 160)
) engine = InnoDB, default character set = utf8mb4, collate = utf8mb4_0900_bin;

create table `genre` (
    `id` int not null,
    `name` varchar(121) character set utf8mb4 collate utf8mb4_0900_bin,
    primary key (`id`),
    constraint `genre_name_size` check (char_length(`name`) <= 120)
) engine = InnoDB, default character set = utf8mb4, collate = utf8mb4_0900_bin;

create table `media_type` (
    `id` int not null,
    `name` varchar(121) character set utf8mb4 collate utf8mb4_0900_bin,
    primary key (`id`),
    constraint `media_type_name_size` check (char_length(`name`) <= 120)
) engine = InnoDB, default character set = utf8mb4, collate = utf8mb4_0900_bin;

create table `track` (
    `id` int not null,
    `name` varchar(201) character set utf8mb4 collate utf8mb4_0900_bin not null,
    `album_id` int,
    `media_type_id` int not null,
    `genre_id` int,
    `composer` varchar(221) character set utf8mb4 collate utf8mb4_0900_bin,
    `milliseconds` int not null comment 'How long it plays.',
    `bytes` int,
    `unit_price` decimal(10, 2) not null,
    primary key (`id`),
    key `track_genre_id_composer_name_id_idx` (`genre_id`, `composer`, `name`, `id`),
    key `track_genre_id_name_id_idx` (`genre_id`, `name`, `id`),
    key `track_genre_id_milliseconds_id_idx` (`genre_id`, `milliseconds`, `id`),
    key `track_album_id_name_id_idx` (`album_id`, `name`, `id`),
    key `track_album_id_id_idx` (`album_id`, `id`),
    key `track_media_type_id_idx` (`media_type_id`),
    constraint `track_name_size` check (char_length(`name`) <= 200),
    constraint `track_composer_size` check (char_length(`composer`) <= 220)
) engine = InnoDB, default character set = utf8mb4, collate = utf8mb4_0900_bin;

create table `playlist` (
    `id` int not null,
    `name` varchar(121) character set utf8mb4 collate utf8mb4_0900_bin,
    primary key (`id`),
    constraint `playlist_name_size` check (char_length(`name`) <= 120)
) engine = InnoDB, default character set = utf8mb4, collate = utf8mb4_0900_bin;

create table `playlist_track` (
    `playlist_id` int not null,
    `track_id` int not null,
    primary key (`playlist_id`, `track_id`),
    key `playlist_track_track_id_playlist_id_idx` (`track_id`, `playlist_id`)
) engine = InnoDB, default character set = utf8mb4, collate = utf8mb4_0900_bin;

create table `employee` (
    `id` int not null,
    `last_name` varchar(21) character set utf8mb4 collate utf8mb4_0900_bin not null,
    `first_name` varchar(21) character set utf8mb4 collate utf8mb4_0900_bin not null,
    `title` varchar(31) character set utf8mb4 collate utf8mb4_0900_bin,
    `reports_to_id` int,
    `birth_date` datetime(6),
    `hire_date` datetime(6),
    `address` varchar(71) character set utf8mb4 collate utf8mb4_0900_bin,
    `city` varchar(41) character set utf8mb4 collate utf8mb4_0900_bin,
    `state` varchar(41) character set utf8mb4 collate utf8mb4_0900_bin,
    `country` varchar(41) character set utf8mb4 collate utf8mb4_0900_bin,
    `postal_code` varchar(11) character set utf8mb4 collate utf8mb4_0900_bin,
    `phone` varchar(25) character set utf8mb4 collate utf8mb4_0900_bin,
    `fax` varchar(25) character set utf8mb4 collate utf8mb4_0900_bin,
    `email` varchar(61) character set utf8mb4 collate utf8mb4_0900_bin,
    primary key (`id`),
    key `employee_reports_to_id_hire_date_last_name_id_idx` (`reports_to_id`, `hire_date`, `last_name`, `id`),
    constraint `employee_last_name_size` check (char_length(`last_name`) <= 20),
    constraint `employee_first_name_size` check (char_length(`first_name`) <= 20),
    constraint `employee_title_size` check (char_length(`title`) <= 30),
    constraint `employee_birth_date_type` check (`birth_date` >= timestamp '0001-01-01 00:00:00'),
    constraint `employee_hire_date_type` check (`hire_date` >= timestamp '0001-01-01 00:00:00'),
    constraint `employee_address_size` check (char_length(`address`) <= 70),
    constraint `employee_city_size` check (char_length(`city`) <= 40),
    constraint `employee_state_size` check (char_length(`state`) <= 40),
    constraint `employee_country_size` check (char_length(`country`) <= 40),
    constraint `employee_postal_code_size` check (char_length(`postal_code`) <= 10),
    constraint `employee_phone_size` check (char_length(`phone`) <= 24),
    constraint `employee_fax_size` check (char_length(`fax`) <= 24),
    constraint `employee_email_size` check (char_length(`email`) <= 60)
) engine = InnoDB, default character set = utf8mb4, collate = utf8mb4_0900_bin;

create table `customer` (
    `id` int not null,
    `first_name` varchar(41) character set utf8mb4 collate utf8mb4_0900_bin not null,
    `last_name` varchar(21) character set utf8mb4 collate utf8mb4_0900_bin not null,
    `company` varchar(81) character set utf8mb4 collate utf8mb4_0900_bin,
    `address` varchar(71) character set utf8mb4 collate utf8mb4_0900_bin,
    `city` varchar(41) character set utf8mb4 collate utf8mb4_0900_bin,
    `state` varchar(41) character set utf8mb4 collate utf8mb4_0900_bin,
    `country` varchar(41) character set utf8mb4 collate utf8mb4_0900_bin,
    `postal_code` varchar(11) character set utf8mb4 collate utf8mb4_0900_bin,
    `phone` varchar(25) character set utf8mb4 collate utf8mb4_0900_bin,
    `fax` varchar(25) character set utf8mb4 collate utf8mb4_0900_bin,
    `email` varchar(61) character set utf8mb4 collate utf8mb4_0900_bin not null,
    `support_rep_id` int,
    primary key (`id`),
    key `customer_country_last_name_first_name_id_idx` (`country`, `last_name`, `first_name`, `id`),
    key `customer_support_rep_id_last_name_id_idx` (`support_rep_id`, `last_name`, `id`),
    key `customer_email_id_idx` (`email`, `id`),
    constraint `customer_first_name_size` check (char_length(`first_name`) <= 40),
    constraint `customer_last_name_size` check (char_length(`last_name`) <= 20),
    constraint `customer_company_size` check (char_length(`company`) <= 80),
    constraint `customer_address_size` check (char_length(`address`) <= 70),
    constraint `customer_city_size` check (char_length(`city`) <= 40),
    constraint `customer_state_size` check (char_length(`state`) <= 40),
    constraint `customer_country_size` check (char_length(`country`) <= 40),
    constraint `customer_postal_code_size` check (char_length(`postal_code`) <= 10),
    constraint `customer_phone_size` check (char_length(`phone`) <= 24),
    constraint `customer_fax_size` check (char_length(`fax`) <= 24),
    constraint `customer_email_size` check (char_length(`email`) <= 60)
) engine = InnoDB, default character set = utf8mb4, collate = utf8mb4_0900_bin;

create table `invoice` (
    `id` int not null,
    `customer_id` int not null,
    `invoice_date` datetime(6) not null,
    `billing_address` varchar(71) character set utf8mb4 collate utf8mb4_0900_bin,
    `billing_city` varchar(41) character set utf8mb4 collate utf8mb4_0900_bin,
    `billing_state` varchar(41) character set utf8mb4 collate utf8mb4_0900_bin,
    `billing_country` varchar(41) character set utf8mb4 collate utf8mb4_0900_bin,
    `billing_postal_code` varchar(11) character set utf8mb4 collate utf8mb4_0900_bin,
    `total` decimal(10, 2) not null,
    primary key (`id`),
    key `invoice_customer_id_invoice_date_id_idx` (`customer_id`, `invoice_date`, `id`),
    key `invoice_billing_country_invoice_date_id_idx` (`billing_country`, `invoice_date`, `id`),
    constraint `invoice_invoice_date_type` check (`invoice_date` >= timestamp '0001-01-01 00:00:00'),
    constraint `invoice_billing_address_size` check (char_length(`billing_address`) <= 70),
    constraint `invoice_billing_city_size` check (char_length(`billing_city`) <= 40),
    constraint `invoice_billing_state_size` check (char_length(`billing_state`) <= 40),
    constraint `invoice_billing_country_size` check (char_length(`billing_country`) <= 40),
    constraint `invoice_billing_postal_code_size` check (char_length(`billing_postal_code`) <= 10)
) engine = InnoDB, default character set = utf8mb4, collate = utf8mb4_0900_bin;

create table `invoice_line` (
    `id` int not null,
    `invoice_id` int not null,
    `track_id` int not null,
    `unit_price` decimal(10, 2) not null,
    `quantity` int not null,
    primary key (`id`),
    key `invoice_line_track_id_id_idx` (`track_id`, `id`),
    key `invoice_line_invoice_id_idx` (`invoice_id`)
) engine = InnoDB, default character set = utf8mb4, collate = utf8mb4_0900_bin;

alter table `album` add constraint `album_artist_id_fkey`
    foreign key (`artist_id`) references `artist` (`id`);

alter table `track` add constraint `track_album_id_fkey`
    foreign key (`album_id`) references `album` (`id`);

alter table `track` add constraint `track_media_type_id_fkey`
    foreign key (`media_type_id`) references `media_type` (`id`);

alter table `track` add constraint `track_genre_id_fkey`
    foreign key (`genre_id`) references `genre` (`id`);

alter table `playlist_track` add constraint `playlist_track_playlist_id_fkey`
    foreign key (`playlist_id`) references `playlist` (`id`) on delete cascade;

alter table `playlist_track` add constraint `playlist_track_track_id_fkey`
    foreign key (`track_id`) references `track` (`id`) on delete cascade;

alter table `employee` add constraint `employee_reports_to_id_fkey`
    foreign key (`reports_to_id`) references `employee` (`id`);

alter table `customer` add constraint `customer_support_rep_id_fkey`
    foreign key (`support_rep_id`) references `employee` (`id`);

alter table `invoice` add constraint `invoice_customer_id_fkey`
    foreign key (`customer_id`) references `customer` (`id`);

alter table `invoice_line` add constraint `invoice_line_invoice_id_fkey`
    foreign key (`invoice_id`) references `invoice` (`id`);

alter table `invoice_line` add constraint `invoice_line_track_id_fkey`
    foreign key (`track_id`) references `track` (`id`);

delimiter //

create trigger `artist_id_frozen` before update on `artist`
    for each row if not `old`.`id` <=> `new`.`id` then
        signal sqlstate 'HY000' set mysql_errno = 3819, message_text = 'Check constraint ''artist_id_frozen'' is violated.';
    end if//

create trigger `album_id_frozen` before update on `album`
    for each row if not `old`.`id` <=> `new`.`id` then
        signal sqlstate 'HY000' set mysql_errno = 3819, message_text = 'Check constraint ''album_id_frozen'' is violated.';
    end if//

create trigger `genre_id_frozen` before update on `genre`
    for each row if not `old`.`id` <=> `new`.`id` then
        signal sqlstate 'HY000' set mysql_errno = 3819, message_text = 'Check constraint ''genre_id_frozen'' is violated.';
    end if//

create trigger `media_type_id_frozen` before update on `media_type`
    for each row if not `old`.`id` <=> `new`.`id` then
        signal sqlstate 'HY000' set mysql_errno = 3819, message_text = 'Check constraint ''media_type_id_frozen'' is violated.';
    end if//

create trigger `track_id_frozen` before update on `track`
    for each row if not `old`.`id` <=> `new`.`id` then
        signal sqlstate 'HY000' set mysql_errno = 3819, message_text = 'Check constraint ''track_id_frozen'' is violated.';
    end if//

create trigger `playlist_id_frozen` before update on `playlist`
    for each row if not `old`.`id` <=> `new`.`id` then
        signal sqlstate 'HY000' set mysql_errno = 3819, message_text = 'Check constraint ''playlist_id_frozen'' is violated.';
    end if//

create trigger `playlist_track_playlist_frozen` before update on `playlist_track`
    for each row if not `old`.`playlist_id` <=> `new`.`playlist_id` then
        signal sqlstate 'HY000' set mysql_errno = 3819, message_text = 'Check constraint ''playlist_track_playlist_frozen'' is violated.';
    end if//

create trigger `playlist_track_track_frozen` before update on `playlist_track`
    for each row if not `old`.`track_id` <=> `new`.`track_id` then
        signal sqlstate 'HY000' set mysql_errno = 3819, message_text = 'Check constraint ''playlist_track_track_frozen'' is violated.';
    end if//

create trigger `employee_id_frozen` before update on `employee`
    for each row if not `old`.`id` <=> `new`.`id` then
        signal sqlstate 'HY000' set mysql_errno = 3819, message_text = 'Check constraint ''employee_id_frozen'' is violated.';
    end if//

create trigger `customer_id_frozen` before update on `customer`
    for each row if not `old`.`id` <=> `new`.`id` then
        signal sqlstate 'HY000' set mysql_errno = 3819, message_text = 'Check constraint ''customer_id_frozen'' is violated.';
    end if//

create trigger `invoice_id_frozen` before update on `invoice`
    for each row if not `old`.`id` <=> `new`.`id` then
        signal sqlstate 'HY000' set mysql_errno = 3819, message_text = 'Check constraint ''invoice_id_frozen'' is violated.';
    end if//

create trigger `invoice_line_id_frozen` before update on `invoice_line`
    for each row if not `old`.`id` <=> `new`.`id` then
        signal sqlstate 'HY000' set mysql_errno = 3819, message_text = 'Check constraint ''invoice_line_id_frozen'' is violated.';
    end if//

delimiter ;
