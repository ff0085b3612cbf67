type Choice<T> = { [K in keyof T]: T[K] extends readonly (infer V)[] ? V : never };

/** Every way to take one value from each list. */
export function* combinations<const T extends Record<string, readonly unknown[]>>(lists: T): Generator<Choice<T>> {
  const names = Object.keys(lists);
  const total = names.reduce((product, name) => product * lists[name]!.length, 1);
  for (let n = 0; n < total; n++) {
    let rest = n;
    const choice: Record<string, unknown> = {};
    for (const name of names) {
      const list = lists[name]!;
      choice[name] = list[rest % list.length];
      rest = Math.floor(rest / list.length);
    }
    yield choice as Choice<T>;
  }
}

export const booleans = [false, true] as const;
