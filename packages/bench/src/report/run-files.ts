/** What a drill leaves in its run directory, for people who find it there. */
export const runFiles: readonly { readonly file: string; readonly about: string }[] = [
  { file: 'report.json', about: 'everything that was found (schema: stormcart schema --report)' },
  { file: 'report.html', about: 'this page' },
  { file: 'junit.xml', about: 'gates, invariants, faults and the drill itself as test results' },
  { file: 'metrics.txt', about: 'OpenMetrics: the totals of the load, and the verdict' },
  {
    file: 'latency.hlog',
    about: 'latencies from the intended start, second by second (HdrHistogram log 1.3)',
  },
  { file: 'slices.csv', about: 'the slices that availability is computed from' },
  { file: 'history.jsonl', about: 'every operation and what its client was told, for stormcart audit' },
  { file: 'snapshot.json', about: 'what the stores held at the end, for stormcart audit' },
  { file: 'logs/', about: 'of every process; stormcart logs searches them' },
];
