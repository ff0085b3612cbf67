/** Medians with intervals, the same for the same samples: the resampling has a fixed seed. */

export interface Summary {
  readonly median: number;
  /** 95 % interval of the median, by bootstrap. */
  readonly low: number;
  readonly high: number;
  readonly n: number;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >>> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

const RESAMPLES = 1000;

/** Percentile bootstrap (Efron, Annals of Statistics 7, 1979). */
export function summarise(values: readonly number[]): Summary {
  let state = 0x2545f491;
  const below = (limit: number): number => {
    // xorshift32 (Marsaglia, Journal of Statistical Software 8, 2003).
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
  const medians = Array.from({ length: values.length < 2 ? 1 : RESAMPLES }, () =>
    median(values.length < 2 ? values : values.map(() => values[below(values.length)]!)),
  ).toSorted((a, b) => a - b);
  return {
    median: median(values),
    low: medians[Math.floor(medians.length * 0.025)]!,
    high: medians[Math.min(medians.length - 1, Math.floor(medians.length * 0.975))]!,
    n: values.length,
  };
}
