import autocannon from 'autocannon';

/** autocannon with its own rate limit over all connections; how many answers came. */
export async function runAutocannonAtRate(
  url: URL,
  perSecond: number,
  connections: number,
  forMs: number,
): Promise<number> {
  const result = await autocannon({
    url: url.href,
    connections,
    overallRate: perSecond,
    duration: forMs / 1_000,
  });
  return result['2xx'];
}
