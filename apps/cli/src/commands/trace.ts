import { IsinglassError } from "@isinglass/interface";
import { CPU_OPTION, MEMORY_OPTION, cpu, memory } from "../board-options.js";
import { type Command, type Invocation, flag, integer, codeMode, noWords, text } from "../command.js";
import { hasProgram } from "../debian.js";
import { codeOrFile, readInput } from "../input.js";
import { Progress } from "../progress.js";
import { arriveAt, skipTo } from "../trace/begin.js";
import { type Comparison, Lockstep } from "../trace/compare.js";
import { type TraceEnd, type TraceLine, describeLine, describeStep, hex, hexBytes, list } from "../trace/listing.js";
import { QEMU, startQemu } from "../trace/qemu.js";
import { type Step, Subject, type TraceSource } from "../trace/subject.js";

const LISTED = 1000;
const COMPARED = 100_000;
const EXIT_NOT_IMPLEMENTED = 5;
const EXIT_DIVERGED = 8;
/** Lines between two looks at whether somebody still reads them. */
const BATCH = 256;
const REGISTER_WIDTH = 8;

const ENDS: Readonly<Record<TraceEnd, string>> = {
  limit: "",
  halted: "; then the guest halts",
  poweroff: "; then the guest powered off",
  reset: "; then the guest asked for a reset",
  "triple-fault": "; the last one ended in a triple fault",
  "not-implemented": "; the last one met what is not implemented",
};

function usage(message: string): IsinglassError {
  return new IsinglassError("ISG_CLI_USAGE", message);
}

function instructions(count: number): string {
  return `${count} instruction${count === 1 ? "" : "s"}`;
}

async function source(invocation: Invocation): Promise<TraceSource> {
  const kernel = text(invocation, "kernel");
  const given = text(invocation, "code");
  if ((kernel === undefined) === (given === undefined)) {
    throw usage(`isg trace: ${kernel === undefined ? "" : "only "}one of --kernel FILE and --code FILE|HEX is needed`);
  }
  const board = { memory: memory(invocation, kernel === undefined ? "16M" : "256M"), ...cpu(invocation) };
  if (given !== undefined) {
    for (const name of ["initrd", "append"])
      if (invocation.options[name] !== undefined)
        throw usage(`isg trace: --${name} belongs to --kernel, not to --code`);
    const mode = codeMode(invocation);
    return { ...board, run: { code: await codeOrFile(given, "--code"), mode } };
  }
  if (text(invocation, "mode") !== undefined) throw usage("isg trace: --mode belongs to --code, not to --kernel");
  const initrd = text(invocation, "initrd");
  return {
    ...board,
    run: {
      kernel: await readInput(kernel!, "--kernel"),
      ...(initrd === undefined ? {} : { initrd: await readInput(initrd, "--initrd") }),
      commandLine: text(invocation, "append") ?? "",
    },
  };
}

function startAddress(invocation: Invocation): bigint | undefined {
  const value = text(invocation, "start");
  if (value === undefined) return undefined;
  if (!/^(0x[0-9a-f]{1,16}|\d+)$/i.test(value)) throw usage(`--start ${value}: an address such as 0x1000000`);
  if (invocation.options["skip"] !== undefined)
    throw usage("isg trace: --start and --skip are two beginnings; give one");
  return BigInt(value);
}

function stepJson(step: Step): Record<string, unknown> {
  return { address: hex(step.address), bytes: hexBytes(step.bytes), text: step.text };
}

function lineJson({ number, step, changed, delivered }: TraceLine): string {
  const registers = Object.fromEntries(changed.map(({ name, to }) => [name, hex(to)]));
  return JSON.stringify({ number, ...stepJson(step), changed: registers, delivered });
}

/** Prints each instruction and what it changed. */
async function printTrace(subject: Subject, max: number, json: boolean): Promise<number> {
  const reader = { gone: false };
  const leave = (): void => {
    reader.gone = true;
  };
  process.stdout.on("error", leave);
  const lines: string[] = [];
  const flush = async (): Promise<void> => {
    if (lines.length > 0) process.stdout.write(`${lines.join("\n")}\n`);
    lines.length = 0;
    await new Promise((done) => setImmediate(done));
  };
  try {
    const trace = list(subject, max);
    let next = trace.next();
    for (; next.done !== true && !reader.gone; next = trace.next()) {
      lines.push(json ? lineJson(next.value) : describeLine(next.value));
      if (lines.length === BATCH) await flush();
    }
    const end = next.done === true ? next.value : "limit";
    if (json) lines.push(JSON.stringify({ end, instructions: subject.instructions }));
    await flush();
    if (!json && end !== "limit" && !reader.gone)
      process.stderr.write(`isg trace: ${instructions(subject.instructions)}${ENDS[end]}\n`);
    return end === "not-implemented" ? EXIT_NOT_IMPLEMENTED : 0;
  } finally {
    process.stdout.off("error", leave);
  }
}

function comparisonJson({
  compared,
  instructions: total,
  end,
  divergence,
  takenOver,
}: Comparison): Record<string, unknown> {
  return {
    same: divergence === undefined,
    compared,
    instructions: total,
    end,
    takenOver: Object.fromEntries(takenOver),
    divergence:
      divergence === undefined
        ? null
        : {
            instruction: divergence.number,
            ...stepJson(divergence.step),
            before: divergence.before.map(stepJson),
            registers: Object.fromEntries(
              divergence.registers.map(({ name, ours, theirs }) => [name, { isinglass: hex(ours), qemu: hex(theirs) }]),
            ),
          },
  };
}

function describeComparison({ compared, executed, end, divergence, takenOver }: Comparison): string[] {
  if (divergence === undefined) {
    const isHalted = end === "halted";
    const repeated = executed - compared > (isHalted ? 1 : 0) ? "; a repeated one was compared at its end" : "";
    const where = isHalted ? " before the HLT that ends it" : ENDS[end];
    const taken = [...takenOver].map(([name, times]) => `${name} ${times}`).join(", ");
    return [
      `${instructions(executed)}: registers equal after each${where}${repeated}`,
      ...(taken === "" ? [] : [`results taken over from QEMU: ${taken}`]),
    ];
  }
  const { number, step, before, registers } = divergence;
  return [
    number === 0 ? "registers differ before the first instruction:" : `registers differ after instruction ${number}:`,
    ...before.map((earlier, i) => describeStep(number - before.length + i, earlier)),
    describeStep(number, step),
    ...registers.map(
      ({ name, ours, theirs }) => `  ${name.padEnd(REGISTER_WIDTH)} Isinglass ${hex(ours)}, QEMU ${hex(theirs)}`,
    ),
  ];
}

interface Plan {
  readonly what: TraceSource;
  readonly start: bigint | undefined;
  readonly skip: number;
  readonly max: number;
}

async function compareWithQemu({ what, start, skip, max }: Plan, invocation: Invocation): Promise<number> {
  if (!(await hasProgram(QEMU))) {
    throw new IsinglassError(
      "ISG_TRACE_NO_QEMU",
      `isg trace: --against qemu needs ${QEMU}, which is not on PATH; Debian's package is qemu-system-x86`,
    );
  }
  const subject = new Subject(what, false);
  const progress = new Progress();
  progress.step("starting QEMU");
  const { client, close } = await startQemu(subject.machine.core.physical, subject.entry, what.memory).finally(() =>
    progress.clear(),
  );
  try {
    const lockstep = new Lockstep(subject, client);
    await lockstep.begin();
    const say = (done: string): void => progress.tick(() => done);
    if (start !== undefined) await lockstep.arrive(start, say);
    if (skip > 0) await lockstep.skip(skip, new Subject(what, false), say);
    const comparison = await lockstep.compare({
      max,
      strict: flag(invocation, "strict"),
      onProgress: (done) => progress.tick(() => `${done} instructions compared`),
    });
    progress.clear();
    const shown = flag(invocation, "json")
      ? JSON.stringify(comparisonJson(comparison), undefined, 2)
      : describeComparison(comparison).join("\n");
    process.stdout.write(`${shown}\n`);
    if (comparison.divergence !== undefined) return EXIT_DIVERGED;
    return comparison.end === "not-implemented" ? EXIT_NOT_IMPLEMENTED : 0;
  } finally {
    progress.clear();
    await close();
  }
}

export const TRACE: Command = {
  name: "trace",
  words: "",
  summary:
    "Prints each instruction of a kernel or of plain code with the registers that it changed; with --against qemu, runs the same under QEMU and names the first instruction after which registers differ.",
  options: {
    kernel: { type: "string", value: "FILE", help: "bzImage, or an ELF kernel with a PVH entry" },
    initrd: { type: "string", value: "FILE", help: "initramfs" },
    append: { type: "string", value: "TEXT", help: "the kernel's command line" },
    code: {
      type: "string",
      value: "FILE|HEX",
      help: "machine code instead of a kernel, run with privilege and flat segments",
    },
    mode: { type: "string", value: "16|32|64", help: "size of --code; 64 unless given" },
    memory: { ...MEMORY_OPTION, help: "the guest's RAM; 256M unless given, 16M for --code" },
    cpu: CPU_OPTION,
    max: {
      type: "string",
      value: "N",
      alias: "limit",
      help: "stop after N instructions; 1000 unless given, 100000 with --against",
    },
    skip: { type: "string", value: "N", help: "begin after N instructions" },
    start: { type: "string", value: "ADDRESS", help: "begin at the first arrival at this RIP" },
    against: { type: "string", value: "qemu", help: `compare with ${QEMU} after each instruction` },
    strict: {
      type: "boolean",
      help: "compare what CPUID, RDTSC, ports and devices answer too, instead of taking over QEMU's answer",
    },
    json: { type: "boolean", help: "as JSON: an object a line, or one object with --against" },
  },
  example: "isg trace --code 4801d8f4 --mode 64 --against qemu",
  async run(invocation) {
    noWords(invocation, "trace");
    const against = text(invocation, "against");
    if (flag(invocation, "strict") && against === undefined) throw usage("isg trace: --strict belongs to --against");
    const max = integer(invocation, "max", against === undefined ? LISTED : COMPARED);
    if (max === 0) throw usage("--max 0: a trace has at least 1 instruction");
    const skip = integer(invocation, "skip", 0);
    const start = startAddress(invocation);
    const what = await source(invocation);
    if (against !== undefined) return compareWithQemu({ what, start, skip, max }, invocation);
    const subject = new Subject(what, true);
    const progress = new Progress();
    const say = (done: string): void => progress.tick(() => done);
    try {
      if (skip > 0) skipTo(subject, skip, say);
      if (start !== undefined && subject.next().address !== start) arriveAt(subject, start, say);
    } finally {
      progress.clear();
    }
    return printTrace(subject, max, flag(invocation, "json"));
  },
};
