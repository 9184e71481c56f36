import { type Deadline, deadlinePassed } from './deadline.ts';

/** The call goes on and whoever guards it learns its end; only the caller leaves, with `DEADLINE_PASSED`. */
export function untilDeadline<Result>(
  call: Promise<Result>,
  deadline: Deadline,
  name: string,
  onLeft?: () => void,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const cancel = deadline.after(() => {
      onLeft?.();
      reject(deadlinePassed(name));
    });
    call.then(resolve, reject).finally(cancel);
  });
}
