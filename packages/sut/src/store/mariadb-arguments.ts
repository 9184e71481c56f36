export interface MariadbPlace {
  /** The data folder; also the server's working folder. */
  readonly folder: string;
  readonly port: number;
  /** MariaDB refuses to run as root unless told to. */
  readonly isRoot: boolean;
}

/**
 * Sizes that make a small data folder (20 MB instead of 114 MB) and hence a quick copy. They are part of the
 * files, so installing and serving must use the same ones. Without doublewrite and fsync a write survives
 * SIGKILL of the server, which drills do, but not the machine's own crash, after which a run's data is worthless anyway.
 */
const FILE_ARGUMENTS = [
  '--innodb-log-file-size=4M',
  '--innodb-data-file-path=ibdata1:10M:autoextend',
  '--innodb-doublewrite=0',
  '--innodb-flush-method=nosync',
] as const;

/** For `mariadb-install-db`. */
export function mariadbInstallArguments({ folder, isRoot }: Omit<MariadbPlace, 'port'>): readonly string[] {
  return [
    '--no-defaults',
    `--datadir=${folder}`,
    ...(isRoot ? ['--user=root'] : []),
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    '--skip-name-resolve',
    ...FILE_ARGUMENTS,
  ];
}

/** For `mariadbd`. Paths inside the data folder are relative: a socket's path may have 107 bytes at most. */
export function mariadbServerArguments({ folder, port, isRoot }: MariadbPlace): readonly string[] {
  return [
    '--no-defaults',
    ...(isRoot ? ['--user=root'] : []),
    `--datadir=${folder}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    '--socket=mariadb.sock',
    '--pid-file=mariadb.pid',
    `--tmpdir=${folder}`,
    '--skip-name-resolve',
    '--skip-ssl',
    '--performance-schema=OFF',
    '--character-set-server=utf8mb4',
    '--default-time-zone=+00:00',
    ...FILE_ARGUMENTS,
    // A catalogue of 10,000 products needs no more; three runs side by side fit on a small machine.
    '--innodb-buffer-pool-size=32M',
    '--key-buffer-size=1M',
    '--aria-pagecache-buffer-size=4M',
  ];
}
