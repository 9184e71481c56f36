import { describe, expect, it } from 'vitest';
import { mariadbInstallArguments, mariadbServerArguments } from './mariadb-arguments.ts';
import { rabbitmqEnvironment, rabbitmqFiles } from './rabbitmq-environment.ts';
import { redisArguments } from './redis.ts';

const place = { folder: '/run/mariadb', port: 3999, isRoot: false };

/** Settings that are part of the data files. */
function sizes(list: readonly string[]): readonly string[] {
  return list.filter((argument) => /^--innodb-(log-file|data-file|doublewrite|flush)/.test(argument));
}

describe('what the servers are told', () => {
  it('keeps every one on loopback', () => {
    expect(mariadbServerArguments(place)).toContain('--bind-address=127.0.0.1');
    expect(redisArguments('/run/redis', 6399).join(' ')).toContain('--bind 127.0.0.1');
    const rabbitmq = rabbitmqEnvironment({
      folder: '/run/rabbitmq',
      slimFolder: '/run/slim',
      amqpPort: 5999,
      distributionPort: 5998,
      epmdPort: 5997,
    });
    expect(rabbitmq).toMatchObject({
      RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
      ERL_EPMD_ADDRESS: '127.0.0.1',
      RABBITMQ_NODE_PORT: '5999',
      RABBITMQ_DIST_PORT: '5998',
      ERL_EPMD_PORT: '5997',
    });
    expect(rabbitmq['RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS']).toContain('inet_dist_use_interface {127,0,0,1}');
  });

  it('reads no configuration of the machine', () => {
    expect(mariadbServerArguments(place)[0]).toBe('--no-defaults');
    expect(mariadbInstallArguments(place)[0]).toBe('--no-defaults');
  });

  it('installs and serves with the same file sizes, or the server refuses the files', () => {
    expect(sizes(mariadbInstallArguments(place))).toHaveLength(4);
    expect(sizes(mariadbServerArguments(place))).toEqual(sizes(mariadbInstallArguments(place)));
  });

  it('tells MariaDB that being root is meant', () => {
    expect(mariadbServerArguments({ ...place, isRoot: true })).toContain('--user=root');
    expect(mariadbServerArguments(place)).not.toContain('--user=root');
  });

  it('gives the broker the one virtual host', () => {
    expect(rabbitmqFiles('shop-1')['advanced.config']).toContain('{default_vhost,<<"shop-1">>}');
  });
});
