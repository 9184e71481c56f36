/**
 * Mostly checkouts, as densely as two cores bear beside eight processes, three stores and the driver. The kill comes
 * when a few dozen orders are at every step of their way, and long after the queues were declared: one that is less
 * than a second old does not survive SIGKILL of RabbitMQ 3.10. RabbitMQ takes longest to come back, some 6 to 10 s, and
 * is met by new orders afterwards, too.
 */
export function killScenario(process: string, seed: number): string {
  return `version: 1
name: kill-${process.replace('/', '-')}
about: ${process} dies by SIGKILL while customers check out.
hypothesis: Nothing that was acknowledged is lost, nothing is charged twice, and every order ends.
seed: ${seed}
load:
  mix: {browse: 10, cart: 15, checkout: 75}
  stages:
    - {for: 2s, rate: 12/s, warmup: true}
    - {for: 22s, rate: 12/s}
faults:
  - {id: kill, at: 8s, for: 2s, process: "${process}", action: kill}
gates: ["success >= 1%"]
`;
}
