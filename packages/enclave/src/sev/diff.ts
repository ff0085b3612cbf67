import { printable } from "../explain.js";
import type { LaunchRecord, RecordedStep } from "./record.js";

/** One thing that two launches have not in common. */
export interface LaunchDifference {
  /** `argument`, `firmware`, `section`, `page`, `kernel hash`, `vmsa` or `order`. */
  readonly kind: string;
  /** Which: an argument's name, a page's address, a field of a vCPU. */
  readonly item: string;
  readonly a: string;
  readonly b: string;
}

type Value = string | number | undefined;

/** A member of its own: a name in a record may be that of something which every object has. */
function own<T>(members: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return members !== undefined && Object.hasOwn(members, name) ? members[name] : undefined;
}

/** Names what makes two launch digests differ, the most telling first: arguments, firmware and its sections, kernel hashes, VMSA fields, then pages. */
export function diffLaunches(a: LaunchRecord, b: LaunchRecord): LaunchDifference[] {
  const out: LaunchDifference[] = [];
  const add = (kind: string, item: string, left: Value, right: Value): void => {
    if (left !== right) out.push({ kind, item, a: String(left ?? "none"), b: String(right ?? "none") });
  };
  for (const name of new Set([...Object.keys(a.arguments), ...Object.keys(b.arguments)]))
    add("argument", name, own(a.arguments, name), own(b.arguments, name));
  add("firmware", "size", a.firmware.size, b.firmware.size);
  const sections = Math.max(a.firmware.sections.length, b.firmware.sections.length);
  for (let i = 0; i < sections; i += 1) {
    const [left, right] = [a.firmware.sections[i], b.firmware.sections[i]];
    const name = `${left?.type ?? right?.type} (number ${i})`;
    add("section", `${name} type`, left?.type, right?.type);
    add("section", `${name} gpa`, left?.gpa, right?.gpa);
    add("section", `${name} size`, left?.size, right?.size);
  }
  for (const name of ["cmdline", "initrd", "kernel"] as const)
    add("kernel hash", name, a.kernelHashes?.[name], b.kernelHashes?.[name]);
  const kinds = ["first vCPU", "further vCPUs"];
  for (let i = 0; i < Math.max(a.vmsas.length, b.vmsas.length); i += 1) {
    const [left, right] = [a.vmsas[i], b.vmsas[i]];
    // A vCPU more is an argument that was named; its save area is not new.
    if (left === undefined || right === undefined) continue;
    for (const name of new Set([...Object.keys(left), ...Object.keys(right)]))
      add("vmsa", `${name} of the ${kinds[i]}`, own(left, name) ?? "0x0", own(right, name) ?? "0x0");
  }
  pages(a.steps, b.steps, add);
  return out;
}

type Add = (kind: string, item: string, left: Value, right: Value) => void;

/** Steps by what and where; one that comes again is another, lest it hide the first. */
function named(steps: readonly RecordedStep[]): Map<string, RecordedStep> {
  const counts = new Map<string, number>();
  return new Map(
    steps.map((step) => {
      const name = `${step.what} at ${step.gpa}`;
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      return [count === 1 ? name : `${name} (time ${count})`, step];
    }),
  );
}

/** Pages by what they are, so that one page more does not make all that follow differ. */
function pages(a: readonly RecordedStep[], b: readonly RecordedStep[], add: Add): void {
  const right = named(b);
  const left = named(a);
  for (const [name, step] of left) {
    const other = right.get(name);
    if (step.what.startsWith("VMSA")) continue;
    add("page", `${name} type`, step.type, other?.type);
    add("page", `${name} contents`, step.contents, other?.contents);
  }
  for (const [name, step] of right)
    if (!left.has(name) && !step.what.startsWith("VMSA")) add("page", name, undefined, step.contents);
  const order = (steps: ReadonlyMap<string, RecordedStep>, in_: ReadonlyMap<string, RecordedStep>): string =>
    [...steps.keys()].filter((name) => in_.has(name)).join("\n");
  if (order(left, right) !== order(right, left))
    add("order", "the same pages in another order", "as in the first", "as in the second");
}

/** The differences as lines of text; one line that says so if there are none. */
export function differenceText(a: LaunchRecord, b: LaunchRecord): string[] {
  const differences = diffLaunches(a, b);
  const same = a.digest === b.digest;
  if (differences.length === 0)
    return [
      same
        ? "the digests and all that went into them are equal"
        : "the digests differ, though everything recorded is equal: the records were changed",
    ];
  const lines = differences.map(({ kind, item, a: left, b: right }) =>
    printable(`${kind}: ${item}: ${short(left)} | ${short(right)}`),
  );
  return same ? ["the digests are equal; what differs is not measured:", ...lines] : lines;
}

function short(text: string): string {
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}
