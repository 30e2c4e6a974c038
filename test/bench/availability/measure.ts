/** Enough calls for the runtime to have compiled what is called. */
const WARM_UP_MS = 300;
/** A call may be shorter than the clock of the CPU can tell. */
const SAMPLE_MS = 10;

/** Milliseconds of CPU that this process spends on something, what the runtime does beside it included. */
export function cpuOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

export function warmUp(work: () => unknown): void {
  for (let spent = 0; spent < WARM_UP_MS;) spent += cpuOf(work);
}

/** The mean of as many calls in a row as can be told apart. */
export function warmCpuOf(work: () => unknown): number {
  let [calls, spent] = [0, 0];
  for (; spent < SAMPLE_MS; calls += 1) spent += cpuOf(work);
  return spent / calls;
}

const quantile = (numbers: readonly number[], share: number): number =>
  numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length * share)] ?? Number.NaN;

export const median = (numbers: readonly number[]): number => quantile(numbers, 0.5);

/** The median, and in brackets all but a tenth at either end. */
export const spread = (numbers: readonly number[]): string =>
  `${median(numbers).toFixed(1)} (${quantile(numbers, 0.1).toFixed(1)}–${quantile(numbers, 0.9).toFixed(1)})`;
