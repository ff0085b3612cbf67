/**
 * The micro-architecture levels of the x86-64 psABI (section 3.1.1, table "Micro-Architecture Levels"): what each adds to the one
 * before it. OSXSAVE of level 3 is left out: it says what the operating system has done, not what the CPU has.
 */
export const LEVELS: readonly (readonly string[])[] = [
  ["cmov", "cx8", "fpu", "fxsr", "mmx", "syscall", "sse", "sse2", "lm"],
  ["cx16", "lahf_lm", "popcnt", "pni", "sse4.1", "sse4.2", "ssse3"],
  ["avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"],
  ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"],
];

/** All features that a level asks for, its own and those below; `level` is 1 to 4. */
export function featuresOfLevel(level: number): string[] {
  return LEVELS.slice(0, level).flat();
}

/** The highest level of which all features are there; 0 if not even the first. */
export function levelOf(features: ReadonlySet<string>): number {
  let level = 0;
  while (level < LEVELS.length && LEVELS[level]!.every((name) => features.has(name))) level += 1;
  return level;
}
