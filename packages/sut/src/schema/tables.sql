-- Foreign keys are left out on purpose: each would take a shared lock on the parent row of every insert, and hot
-- parents (a popular product, a busy customer) would turn that into deadlocks. The audit checks what they would.

CREATE TABLE customer (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  email VARCHAR(254) NOT NULL,
  name VARCHAR(100) NOT NULL,
  password_hash VARCHAR(255) NOT NULL,
  role ENUM('customer', 'admin') NOT NULL DEFAULT 'customer',
  address JSON NULL,
  credential_version INT NOT NULL DEFAULT 1,
  created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  UNIQUE KEY customer_email (email)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE session (
  token_hash BINARY(32) NOT NULL PRIMARY KEY,
  customer_id BIGINT NOT NULL,
  credential_version INT NOT NULL DEFAULT 1,
  seen_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  expires_at DATETIME(3) NOT NULL,
  KEY session_customer (customer_id),
  KEY session_expires_at (expires_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- The secret is encrypted by the service that uses it; last_step is the newest code that was taken.
CREATE TABLE totp (
  customer_id BIGINT NOT NULL PRIMARY KEY,
  secret VARBINARY(128) NOT NULL,
  last_step BIGINT NOT NULL DEFAULT 0,
  confirmed_at DATETIME(3) NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE recovery_code (
  customer_id BIGINT NOT NULL,
  code_hash BINARY(32) NOT NULL,
  used_at DATETIME(3) NULL,
  PRIMARY KEY (customer_id, code_hash)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- Between a right password and a session, where a second factor is on.
CREATE TABLE login_challenge (
  challenge_hash BINARY(32) NOT NULL PRIMARY KEY,
  customer_id BIGINT NOT NULL,
  credential_version INT NOT NULL,
  attempts_left TINYINT NOT NULL,
  expires_at DATETIME(3) NOT NULL,
  KEY login_challenge_customer (customer_id),
  KEY login_challenge_expires_at (expires_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- One time says how full a bucket is: it is full from due_at on.
CREATE TABLE rate_limit (
  bucket BINARY(32) NOT NULL PRIMARY KEY,
  due_at DATETIME(6) NOT NULL,
  KEY rate_limit_due_at (due_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE lockout (
  subject BINARY(32) NOT NULL PRIMARY KEY,
  failures INT NOT NULL,
  failed_at DATETIME(6) NOT NULL,
  locked_until DATETIME(6) NOT NULL,
  forget_at DATETIME(6) NOT NULL,
  KEY lockout_forget_at (forget_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE product (
  id INT NOT NULL PRIMARY KEY,
  name VARCHAR(120) NOT NULL,
  description VARCHAR(500) NOT NULL,
  price_cents INT NOT NULL CHECK (price_cents > 0),
  version INT NOT NULL DEFAULT 1,
  FULLTEXT KEY product_name (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE stock (
  product_id INT NOT NULL PRIMARY KEY,
  initial INT NOT NULL,
  available INT NOT NULL CHECK (available >= 0),
  reserved INT NOT NULL DEFAULT 0 CHECK (reserved >= 0),
  sold INT NOT NULL DEFAULT 0 CHECK (sold >= 0)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE stock_move (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  product_id INT NOT NULL,
  order_id CHAR(36) CHARACTER SET ascii NOT NULL,
  kind ENUM('reserve', 'release', 'sell', 'restock') NOT NULL,
  quantity INT NOT NULL CHECK (quantity > 0),
  at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  UNIQUE KEY stock_move_once (order_id, product_id, kind)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE cart (
  customer_id BIGINT NOT NULL PRIMARY KEY,
  seq BIGINT NOT NULL,
  total_cents BIGINT NOT NULL DEFAULT 0
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- A removed item stays as quantity 0, so that an older operation that arrives late cannot bring it back.
CREATE TABLE cart_item (
  customer_id BIGINT NOT NULL,
  sku INT NOT NULL,
  quantity INT NOT NULL CHECK (quantity >= 0),
  seq BIGINT NOT NULL,
  op_id CHAR(36) CHARACTER SET ascii NOT NULL,
  PRIMARY KEY (customer_id, sku)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE orders (
  id CHAR(36) CHARACTER SET ascii NOT NULL PRIMARY KEY,
  customer_id BIGINT NOT NULL,
  idempotency_key VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  status ENUM('RESERVED', 'PAYING', 'PAID', 'SHIPPED', 'CANCELLED', 'REFUNDING', 'REFUNDED') NOT NULL,
  total_cents BIGINT NOT NULL,
  card_token VARCHAR(100) NULL,
  review ENUM('pending', 'approved', 'rejected') NULL,
  created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  UNIQUE KEY orders_key (customer_id, idempotency_key),
  KEY orders_status (status, updated_at),
  KEY orders_customer (customer_id, created_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE order_item (
  order_id CHAR(36) CHARACTER SET ascii NOT NULL,
  product_id INT NOT NULL,
  quantity INT NOT NULL CHECK (quantity > 0),
  price_cents INT NOT NULL,
  PRIMARY KEY (order_id, product_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE order_event (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  order_id CHAR(36) CHARACTER SET ascii NOT NULL,
  from_status VARCHAR(16) NULL,
  to_status VARCHAR(16) NOT NULL,
  at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  KEY order_event_order (order_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE idempotency (
  customer_id BIGINT NOT NULL,
  idempotency_key VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  request_hash BINARY(32) NOT NULL,
  order_id CHAR(36) CHARACTER SET ascii NOT NULL,
  response JSON NOT NULL,
  PRIMARY KEY (customer_id, idempotency_key)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE outbox (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  topic VARCHAR(64) NOT NULL,
  message_id CHAR(36) CHARACTER SET ascii NOT NULL,
  payload JSON NOT NULL,
  headers JSON NULL,
  created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  UNIQUE KEY outbox_message (message_id),
  KEY outbox_topic (topic, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE inbox (
  consumer VARCHAR(64) NOT NULL,
  message_id CHAR(36) CHARACTER SET ascii NOT NULL,
  at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (consumer, message_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
