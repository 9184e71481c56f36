-- What happened to orders, money and accounts, for people who must be able to believe it: the services' account may
-- add rows and read them, and has no right to change or remove one. Rows are not chained by hashes: each would need the
-- one before, so that all writers of the shop would wait for each other on a single row until each other's commit;
-- and an administrator who may rewrite rows may rewrite a chain as well.
CREATE TABLE audit_trail (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  kind ENUM('order', 'payment', 'security') NOT NULL,
  action VARCHAR(64) CHARACTER SET ascii NOT NULL,
  customer_id BIGINT NULL,
  order_id CHAR(36) CHARACTER SET ascii NULL,
  request_id VARCHAR(128) CHARACTER SET ascii NULL,
  trace_id CHAR(32) CHARACTER SET ascii NULL,
  details JSON NULL,
  KEY audit_trail_order (order_id),
  KEY audit_trail_customer (customer_id, at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
