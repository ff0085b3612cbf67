/** Phase two: from a program's entry points through all its modules; what it needs, where, and by which way it gets there. */
import type { Image } from "./image.js";
import { floorIndex, STT_IFUNC } from "./image.js";
import { GUARDED, OPEN, type Reach, REQUIRED, type Visitor, walkFunction } from "./functions.js";
import { isVariable, type Knowledge, knownSlot, learn } from "./knowledge.js";
import { type Program, resolveSymbol } from "./program.js";

/** One place of a program. */
export interface Place {
  readonly image: Image;
  readonly address: number;
  /** Functions from an entry point to it: the image and where in it. */
  readonly path: readonly string[];
}

/** One place that needs a feature. */
export interface Witness extends Place {
  readonly feature: string;
  readonly reach: Reach;
}

/** One place at which the program takes in code that nothing in its file names. */
export interface Loading extends Place {
  /** `dlopen`, `dlsym` or one of their kin. */
  readonly by: string;
  /** The library or function, where a constant text names it. */
  readonly what: string | undefined;
}

export interface Needs {
  /** Features that code on some unguarded path needs. */
  readonly required: ReadonlyMap<string, Witness>;
  /** Features of code behind tests that were not understood, or in modules that choose their code at run time. */
  readonly open: ReadonlyMap<string, Witness>;
  /** Features behind guards. */
  readonly guarded: ReadonlyMap<string, Witness>;
  /** Features without which an instruction silently does something else. */
  readonly silent: ReadonlyMap<string, Witness>;
  /** Features of all decodable code of all modules. */
  readonly all: ReadonlyMap<string, string>;
  readonly missing: readonly string[];
  /** Bytes on a way without a guard that no decoder of ours knows. */
  readonly unread: Place | undefined;
  /** What the program itself loads while it runs; libraries that do so are among what was taken as given. */
  readonly loads: readonly Loading[];
  /** The file whose note demands the highest x86-64 level of its loader, and that level; undefined without a loader or a note. */
  readonly level: { readonly level: number; readonly path: string } | undefined;
  /** What was taken as given, by name. */
  readonly assumed: readonly string[];
  readonly functions: number;
}

/** Guards that lie in heap objects: what is known about libraries that everybody has. */
const KNOWN_GUARDS: readonly (readonly [soname: RegExp, feature: string, why: string])[] = [
  [/^libc\.so\.6$/, "rtm", "glibc: lock elision, only for mutexes that its CPU test marked"],
  [/^(libc\.so\.6|ld-linux-x86-64\.so\.2)$/, "pku", "glibc: pkey_get and pkey_set, whose callers ask the kernel first"],
];

/** Functions that take in code by name, and which argument the name is. */
const LOADING: ReadonlyMap<string, "first" | "second"> = new Map([
  ["dlopen", "first"],
  ["dlmopen", "second"],
  ["dlsym", "second"],
  ["dlvsym", "second"],
]);

/** A module of which fewer functions go beyond the baseline chose them by a test, if it tests the CPU at all. */
const DISPATCHING_SHARE = 0.4;

const PT_TLS = 7;

interface Pending {
  readonly image: number;
  readonly address: number;
  readonly reach: Reach;
}

class Analysis {
  readonly #program: Program;
  readonly #knowledge: readonly Knowledge[];
  readonly #seen: Map<number, Reach>[];
  readonly #objects: Map<number, Reach>[];
  readonly #parents: Map<number, readonly [image: number, address: number]>[];
  readonly #resolvers: Set<number>[];
  readonly #work: Pending[] = [];
  readonly #index = new Map<Image, number>();
  readonly found: Record<"required" | "open" | "guarded" | "silent", Map<string, Witness>> = {
    required: new Map(),
    open: new Map(),
    guarded: new Map(),
    silent: new Map(),
  };
  readonly assumed = new Set<string>();
  readonly loads = new Map<string, Loading>();
  unread: Place | undefined;
  functions = 0;

  constructor(program: Program, knowledge: readonly Knowledge[]) {
    this.#program = program;
    this.#knowledge = knowledge;
    const each = <T>(make: () => T): T[] => program.images.map(make);
    this.#seen = each(() => new Map());
    this.#objects = each(() => new Map());
    this.#parents = each(() => new Map());
    this.#resolvers = each(() => new Set());
    program.images.forEach((image, i) => this.#index.set(image, i));
  }

  run(wholeLibrary: boolean): void {
    this.#program.images.forEach((image, i) => this.#roots(image, i));
    if (wholeLibrary) {
      for (const list of this.#program.images[0]!.exports.values())
        for (const s of list)
          if (s.type === 2 || s.type === STT_IFUNC)
            this.#enter(0, s.address, REQUIRED, s.type === STT_IFUNC, undefined);
    }
    for (;;) {
      const next = this.#work.pop();
      if (next === undefined) return;
      if ((this.#seen[next.image]!.get(next.address) ?? 0) > next.reach) continue;
      this.functions += 1;
      this.#walk(next);
    }
  }

  /** Code that the loader starts by itself. */
  #roots(image: Image, i: number): void {
    const { elf } = image;
    if (i === 0 || elf.interpreter === "") {
      if (elf.entry !== 0 && image.isCode(elf.entry)) this.#enter(i, elf.entry, REQUIRED, false, undefined);
    }
    for (const fn of elf.dynamic.functions) if (image.isCode(fn)) this.#enter(i, fn, REQUIRED, false, undefined);
    for (const [address, size] of elf.dynamic.arrays) this.#pointers(i, address, address + size, REQUIRED, undefined);
    // Code reaches thread-local words by FS, so that nothing refers to what they begin with (psABI, 3.4.2).
    for (const s of elf.segments)
      if (s.type === PT_TLS) this.#pointers(i, s.address, s.address + s.memorySize, OPEN, undefined);
    for (const slot of image.slots.values())
      if (slot.kind === "resolver") this.#enter(i, slot.target, REQUIRED, true, undefined);
  }

  #enter(
    i: number,
    address: number,
    reach: Reach,
    resolver: boolean,
    from: readonly [number, number] | undefined,
  ): void {
    if (resolver) this.#resolvers[i]!.add(address);
    const seen = this.#seen[i]!;
    if ((seen.get(address) ?? 0) >= reach) return;
    seen.set(address, reach);
    if (from !== undefined) this.#parents[i]!.set(address, from);
    else this.#parents[i]!.delete(address);
    this.#work.push({ image: i, address, reach });
  }

  /** Words of data that the loader fills with pointers. */
  #pointers(i: number, start: number, end: number, reach: Reach, from: readonly [number, number] | undefined): void {
    const image = this.#program.images[i]!;
    const list = image.slotAddresses;
    for (let n = floorIndex(list, start - 1) + 1; n < list.length && list[n]! < end; n += 1) {
      this.#follow(i, list[n]!, reach, from);
      this.#imports(i, list[n]!, [from ?? [i, start], start], reach, undefined);
    }
  }

  /** A use of a word that the loader fills, which may be that of `dlopen`. */
  #imports(
    i: number,
    slotAddress: number,
    [fn, where]: readonly [fn: readonly [number, number], where: number],
    reach: Reach,
    what: ((argument: "first" | "second") => string | undefined) | undefined,
  ): void {
    const slot = this.#program.images[i]!.slots.get(slotAddress);
    if (slot?.kind !== "symbol") return;
    const by = slot.symbol.name;
    const argument = LOADING.get(by);
    if (argument === undefined) return;
    const name = what?.(argument);
    const opens = by === "dlopen" || by === "dlmopen";
    if (i !== 0) {
      if (opens) this.assumed.add("what libraries load by dlopen needs nothing more: it is not followed");
      return;
    }
    if (name !== undefined && (opens ? this.#isLoaded(name) : this.#named(name, reach, fn))) return;
    const key = `${by} ${name}`;
    if (!this.loads.has(key)) this.loads.set(key, { ...this.#place(i, fn[1], where), by, what: name });
  }

  #isLoaded(library: string): boolean {
    return this.#program.images.some(
      ({ elf, path }) => elf.dynamic.soname === library || path === library || path.endsWith(`/${library}`),
    );
  }

  /** Goes to what `dlsym` finds by a name. @returns whether there is such a thing */
  #named(name: string, reach: Reach, from: readonly [number, number]): boolean {
    let found = false;
    this.#program.images.forEach((image, there) => {
      for (const s of image.exports.get(name) ?? []) {
        found = true;
        if (s.type === STT_IFUNC) this.#enter(there, s.address, REQUIRED, true, from);
        else this.#reach(there, s.address, reach, from);
      }
    });
    return found;
  }

  /** Whether a word that the loader fills leads to something about the CPU. */
  #leadsToKnowledge(i: number, address: number): boolean {
    const image = this.#program.images[i]!;
    const slot = image.slots.get(address);
    if (slot === undefined || slot.kind === "resolver") return false;
    if (slot.kind === "pointer") return isVariable(this.#knowledge[i]!, slot.target);
    if (knownSlot(image, address) !== undefined) return true;
    const found = resolveSymbol(this.#program, slot.symbol);
    if (found === undefined || found.symbol.type === STT_IFUNC) return false;
    const knowledge = this.#knowledge[this.#index.get(found.image)!]!;
    const target = found.symbol.address + slot.addend;
    return knowledge.returning.has(target) || isVariable(knowledge, target);
  }

  /** Goes where a word that the loader fills leads to. @returns whether that is something about the CPU */
  #follow(i: number, address: number, reach: Reach, from: readonly [number, number] | undefined): boolean {
    const slot = this.#program.images[i]!.slots.get(address);
    if (slot?.kind === "pointer") this.#pointer(i, slot, reach, from);
    else if (slot?.kind === "symbol" && knownSlot(this.#program.images[i]!, address) !== "variable") {
      const found = resolveSymbol(this.#program, slot.symbol);
      if (found !== undefined) {
        const there = this.#index.get(found.image)!;
        const target = found.symbol.address + slot.addend;
        if (found.symbol.type === STT_IFUNC) this.#enter(there, target, REQUIRED, true, from);
        else this.#reach(there, target, reach, from);
      }
    }
    return this.#leadsToKnowledge(i, address);
  }

  /** A number that only looks like an address is believed where a function begins; where an instruction does, it may be one of a switch. */
  #pointer(
    i: number,
    { target, guess }: { readonly target: number; readonly guess?: boolean },
    reach: Reach,
    from: readonly [number, number] | undefined,
  ): void {
    const image = this.#program.images[i]!;
    if (guess !== true || !image.isCode(target) || image.functionOf(target) === target)
      this.#reach(i, target, reach, from);
    else if (image.beginsInstruction(target)) this.#reach(i, target, Math.min(reach, OPEN) as Reach, from);
  }

  #reach(i: number, target: number, reach: Reach, from: readonly [number, number] | undefined): void {
    const image = this.#program.images[i]!;
    if (image.isCode(target)) this.#enter(i, target, reach, false, from);
    else this.#object(i, target, reach, from);
  }

  #object(i: number, address: number, reach: Reach, from: readonly [number, number] | undefined): void {
    const image = this.#program.images[i]!;
    const objects = this.#objects[i]!;
    let at = reach;
    let [start, end] = image.object(address);
    while ((objects.get(start) ?? 0) < at) {
      objects.set(start, at);
      this.#pointers(i, start, end, at, from);
      if (!image.continues(end)) return;
      at = Math.min(at, OPEN) as Reach;
      [start, end] = image.object(end);
    }
  }

  #walk({ image: i, address, reach }: Pending): void {
    const image = this.#program.images[i]!;
    const knowledge = this.#knowledge[i]!;
    const here = [i, address] as const;
    const chooses = knowledge.looking.has(image.functionOf(address)) || this.#resolvers[i]!.has(address);
    // Where a function chooses by what the CPU has, the pointers in it are what it chooses from.
    const chosen = (at: Reach): Reach => (chooses ? GUARDED : at);
    const visitor: Visitor = {
      needs: (where, features, silent, at) => this.#note(i, address, where, features, silent, at),
      unread: (where, at) => {
        if (at >= OPEN) this.unread ??= this.#place(i, address, where);
      },
      imports: (slot, where, at, first, second) =>
        this.#imports(i, slot, [here, where], at, (argument) => image.text(argument === "first" ? first : second)),
      code: (target, at, how) => {
        if (!image.isCode(target)) return false;
        const slot = how === "pointer" ? image.slotOfCall(target) : undefined;
        if (slot !== undefined) this.#imports(i, slot, [here, address], at, undefined);
        this.#enter(i, target, how === "pointer" ? chosen(at) : at, false, here);
        return how === "call" && knowledge.returning.has(image.throughStub(target));
      },
      slot: (where, at, how) => {
        if (how === "load") this.#imports(i, where, [here, address], at, undefined);
        return (
          this.#follow(i, where, how === "load" ? chosen(at) : at, here) ||
          (how === "load" && isVariable(knowledge, where))
        );
      },
      data: (where, at) => this.#object(i, where, chosen(at), here),
      isVariable: (where) => isVariable(knowledge, where),
      knows: (target) => knowledge.returning.has(image.throughStub(target)),
      fills: (target) => image.probing.has(image.functionOf(image.throughStub(target))),
      knowsSlot: (where) => this.#leadsToKnowledge(i, where) || isVariable(knowledge, where),
      store: () => undefined,
      passed: () => undefined,
    };
    walkFunction(image, address, reach, visitor);
  }

  #note(
    i: number,
    fn: number,
    where: number,
    features: readonly string[],
    silent: readonly string[],
    reach: Reach,
  ): void {
    const image = this.#program.images[i]!;
    for (const feature of silent) this.#witness("silent", feature, i, fn, where, reach);
    for (const feature of features) {
      const soname = image.elf.dynamic.soname;
      const known = KNOWN_GUARDS.find(([library, name]) => name === feature && library.test(soname));
      if (known !== undefined) this.assumed.add(known[2]);
      const dispatching = this.#knowledge[i]!.looking.size > 0 && image.extendedShare < DISPATCHING_SHARE;
      const sure = known === undefined ? (reach === REQUIRED && dispatching ? OPEN : reach) : GUARDED;
      this.#witness(sure === REQUIRED ? "required" : sure === OPEN ? "open" : "guarded", feature, i, fn, where, sure);
    }
  }

  #witness(kind: keyof Analysis["found"], feature: string, i: number, fn: number, where: number, reach: Reach): void {
    if (!this.found[kind].has(feature)) this.found[kind].set(feature, { ...this.#place(i, fn, where), feature, reach });
  }

  #place(i: number, fn: number, address: number): Place {
    const path: string[] = [];
    let at: readonly [number, number] | undefined = [i, fn];
    for (let n = 0; at !== undefined && n < 12; n += 1) {
      const [m, step]: readonly [number, number] = at;
      path.unshift(`${this.#program.images[m]!.path}:${this.#program.images[m]!.describe(step)}`);
      at = this.#parents[m]!.get(step);
    }
    return { image: this.#program.images[i]!, address, path };
  }
}

/** ld.so refuses files whose GNU_PROPERTY_X86_ISA_1_NEEDED the CPU does not have; a static program has no loader that looks. */
function levelNeeded(program: Program): Needs["level"] {
  if ((program.images[0]?.elf.interpreter ?? "") === "") return undefined;
  const most = program.images.toSorted((a, b) => b.elf.isaNeeded - a.elf.isaNeeded)[0]!;
  return most.elf.isaNeeded === 0 ? undefined : { level: most.elf.isaNeeded, path: most.path };
}

/** What was learnt about a library is the same in every program. */
const LEARNT = new WeakMap<Image, Knowledge>();

/**
 * Finds out what a program needs.
 *
 * @param wholeLibrary the first file is a library: its exported functions are entry points
 */
export function needsOf(program: Program, wholeLibrary = false): Needs {
  const knowledge = program.images.map((image) => {
    const known = LEARNT.get(image) ?? learn(image);
    LEARNT.set(image, known);
    return known;
  });
  const analysis = new Analysis(program, knowledge);
  analysis.run(wholeLibrary);
  const all = new Map<string, string>();
  for (const image of program.images) {
    for (const [feature, address] of image.all)
      if (!all.has(feature)) all.set(feature, `${image.path}:0x${address.toString(16)}`);
  }
  return {
    ...analysis.found,
    all,
    missing: program.missing,
    unread: analysis.unread,
    loads: [...analysis.loads.values()],
    level: levelNeeded(program),
    assumed: [...analysis.assumed],
    functions: analysis.functions,
  };
}
