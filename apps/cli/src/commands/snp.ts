import { toHex } from "@isinglass/crypto";
import { nodeCrypto } from "@isinglass/crypto/node";
import {
  type Launch,
  type LaunchOptions,
  type LaunchRecord,
  type SevMode,
  VMMS,
  type Vmm,
  diffLaunches,
  differenceText,
  jsonText,
  measureLaunch,
  parseFirmware,
  parseLaunchRecord,
  recordLaunch,
  resetVmsa,
  signatureOf,
} from "@isinglass/enclave";
import { IsinglassError } from "@isinglass/interface";
import { type Command, type Invocation, flag, integer, list, refuseOptions, refuseOthers, text } from "../command.js";
import { naming, readInput } from "../input.js";
import { writeOutput } from "../output-file.js";

const MODES: readonly SevMode[] = ["snp", "sev-es", "sev", "snp-svsm"];
const DIFFERENT = 10;

function usage(message: string): IsinglassError {
  return new IsinglassError("ISG_CLI_USAGE", message);
}

function choice<T extends string>(invocation: Invocation, name: string, choices: readonly T[]): T {
  const value = text(invocation, name) ?? choices[0]!;
  const found = choices.find((one) => one === value);
  if (found === undefined) throw usage(`--${name} ${value}: one of ${choices.join(", ")}`);
  return found;
}

function number(value: string, what: string): bigint {
  if (!/^(0x[0-9a-f]{1,16}|\d{1,20})$/i.test(value)) throw usage(`${what} ${value}: a number such as 0x21`);
  return BigInt(value);
}

/** What an option's value says; an error of the library's is then one of the command line. */
function meant<T>(where: string, use: () => T): T {
  try {
    return use();
  } catch (problem) {
    if (!(problem instanceof IsinglassError)) throw problem;
    throw usage(`${where}: ${problem.message}`);
  }
}

/** `--vmsa cs.attrib=0x9a`, as often as wanted. */
function overrides(invocation: Invocation): Record<string, bigint> {
  const names = new Set<string>();
  return Object.fromEntries(
    list(invocation, "vmsa").map((word) => {
      const [, name, value] = /^([^=]*)=(.*)$/s.exec(word) ?? [];
      if (name === undefined || value === undefined)
        throw usage(`--vmsa ${word}: a field and its value, such as cs.attrib=0x9a`);
      const wanted = number(value, `--vmsa ${name}`);
      if (names.has(name)) throw usage(`--vmsa ${word}: ${name} is given twice`);
      names.add(name);
      meant(`--vmsa ${word}`, () =>
        resetVmsa({ eip: 0, vmm: "qemu", signature: 0, features: 0n, overrides: { [name]: wanted } }),
      );
      return [name, wanted];
    }),
  );
}

/** CPUID leaf 1 EAX, by itself or of a CPU model. */
function signatureFrom(type: string | undefined, value: string | undefined): number {
  if (type !== undefined) return meant("--vcpu-type", () => signatureOf(type));
  if (value === undefined) return 0;
  const signature = number(value, "--vcpu-signature");
  if (signature >> 32n !== 0n) throw usage(`--vcpu-signature ${value}: EAX of CPUID leaf 1 has 32 bits`);
  return Number(signature);
}

/** Options of vCPUs, of which SEV measures nothing. */
const OF_VCPUS = ["vmm", "vcpus", "vcpu-type", "vcpu-signature", "features", "vmsa"];

/** Refuses options that this mode or hypervisor does not look at: the digest would be taken for another guest's. */
function refuseIgnored(invocation: Invocation, mode: SevMode, vmm: Vmm): void {
  const where = `isg snp measure --mode ${mode}`;
  if (mode === "sev") refuseOptions(invocation, where, OF_VCPUS);
  if (mode === "snp-svsm") refuseOptions(invocation, where, ["features", "kernel", "initrd", "append"]);
  else refuseOptions(invocation, where, ["svsm", "svsm-variables"]);
  if (mode === "snp-svsm" && vmm !== "qemu") throw usage(`${where}: --vmm ${vmm}: an SVSM starts under qemu alone`);
  if (mode === "snp-svsm" && text(invocation, "svsm") === undefined)
    throw usage(`${where}: --svsm FILE, the SVSM's image, is missing`);
  // Others than QEMU leave the same in RDX whatever the CPU.
  if (vmm !== "qemu") refuseOptions(invocation, `isg snp measure --vmm ${vmm}`, ["vcpu-type", "vcpu-signature"]);
  if (text(invocation, "vcpu-type") !== undefined && text(invocation, "vcpu-signature") !== undefined)
    throw usage("isg snp measure: --vcpu-type and --vcpu-signature say the same; one of them is wanted");
}

async function optional(invocation: Invocation, name: string): Promise<Uint8Array | undefined> {
  const path = text(invocation, name);
  return path === undefined ? undefined : readInput(path, `--${name}`);
}

async function launchOptions(invocation: Invocation): Promise<LaunchOptions> {
  const ovmf = text(invocation, "ovmf");
  if (ovmf === undefined) throw usage("isg snp measure: --ovmf FILE, the firmware of the guest, is missing");
  const mode = choice(invocation, "mode", MODES);
  const vmm = choice<Vmm>(invocation, "vmm", VMMS);
  const type = text(invocation, "vcpu-type");
  const signature = text(invocation, "vcpu-signature");
  refuseIgnored(invocation, mode, vmm);
  const vcpus = integer(invocation, "vcpus", 1);
  if (vcpus < 1 || vcpus > 4096) throw usage(`--vcpus ${vcpus}: 1 to 4096`);
  if (type === undefined && signature === undefined && vmm === "qemu" && mode !== "sev")
    throw usage("isg snp measure: --vcpu-type TYPE, such as EPYC-Milan, is missing: QEMU leaves its signature in RDX");
  const kernel = await optional(invocation, "kernel");
  const initrd = await optional(invocation, "initrd");
  const append = text(invocation, "append");
  if (kernel === undefined && (initrd !== undefined || append !== undefined))
    throw usage("isg snp measure: --initrd and --append go with --kernel");
  const svsm = await optional(invocation, "svsm");
  const firmware = await readInput(ovmf, "--ovmf");
  naming(ovmf, "--ovmf", () => parseFirmware(firmware));
  const features = text(invocation, "features");
  return {
    mode,
    vmm,
    firmware,
    vcpus,
    signature: signatureFrom(type, signature),
    vmsa: overrides(invocation),
    ...(features === undefined ? {} : { features: number(features, "--features") }),
    ...(kernel === undefined
      ? {}
      : { boot: { kernel, ...(initrd === undefined ? {} : { initrd }), ...(append === undefined ? {} : { append }) } }),
    ...(svsm === undefined ? {} : { svsm: { image: svsm, variables: integer(invocation, "svsm-variables", 0) } }),
  };
}

function stepLines(launch: Launch): string[] {
  return launch.steps.map(
    (step) =>
      `${`0x${step.gpa.toString(16)}`.padStart(14)}  ${step.type.padEnd(10)} ${step.contents.slice(0, 16)}  ${step.what}`,
  );
}

async function measure(invocation: Invocation): Promise<number> {
  const options = await launchOptions(invocation);
  const launch = measureLaunch(options, nodeCrypto);
  const record = recordLaunch(options, launch);
  const path = text(invocation, "record");
  if (path !== undefined) writeOutput(path, "--record", `${JSON.stringify(record, null, 1)}\n`);
  if (flag(invocation, "json")) process.stdout.write(`${jsonText(record)}\n`);
  else
    process.stdout.write(
      `${[...(flag(invocation, "steps") ? stepLines(launch) : []), toHex(launch.digest)].join("\n")}\n`,
    );
  return 0;
}

async function readRecord(path: string): Promise<LaunchRecord> {
  const bytes = await readInput(path, "isg snp diff:");
  return naming(path, "isg snp diff:", () => parseLaunchRecord(new TextDecoder().decode(bytes)));
}

async function diff(invocation: Invocation, paths: readonly string[]): Promise<number> {
  const [first, second, ...rest] = paths;
  if (first === undefined || second === undefined || rest.length > 0)
    throw usage("isg snp diff A B: two files that isg snp measure --record wrote");
  refuseOthers(invocation, "isg snp diff", ["json"]);
  const [a, b] = [await readRecord(first), await readRecord(second)];
  if (flag(invocation, "json"))
    process.stdout.write(`${jsonText({ equal: a.digest === b.digest, differences: diffLaunches(a, b) })}\n`);
  else process.stdout.write(`${differenceText(a, b).join("\n")}\n`);
  return a.digest === b.digest ? 0 : DIFFERENT;
}

export const SNP: Command = {
  name: "snp",
  words: "measure|diff A B",
  summary:
    "Computes the launch digest of an AMD SEV guest, and says what makes two differ. `measure` wants --ovmf; `diff` two records.",
  options: {
    ovmf: { type: "string", value: "FILE", help: "firmware of the guest" },
    kernel: { type: "string", value: "FILE", help: "kernel of a direct boot" },
    initrd: { type: "string", value: "FILE", help: "its initrd" },
    append: { type: "string", value: "TEXT", help: "its command line" },
    vcpus: { type: "string", value: "N", help: "virtual CPUs; 1 unless given" },
    "vcpu-type": { type: "string", value: "TYPE", help: "QEMU's CPU model, such as EPYC-Milan" },
    "vcpu-signature": { type: "string", value: "N", help: "CPUID leaf 1 EAX instead of a type" },
    vmm: { type: "string", value: "qemu|ec2|gce", help: "the hypervisor; qemu unless given" },
    features: {
      type: "string",
      value: "N",
      help: "SEV_FEATURES of the vCPUs; 0x1 unless given, Linux 6.10 and later often 0x21",
    },
    mode: { type: "string", value: MODES.join("|"), help: "snp unless given" },
    svsm: { type: "string", value: "FILE", help: "COCONUT SVSM, with --mode snp-svsm" },
    "svsm-variables": { type: "string", value: "N", help: "bytes of variables between SVSM and firmware" },
    vmsa: { type: "string", value: "FIELD=N", help: "a register that the hypervisor sets otherwise", multiple: true },
    steps: { type: "boolean", help: "also print each page that is measured" },
    record: { type: "string", value: "FILE", help: "write all that went in to a file, for diff" },
    json: { type: "boolean", help: "print that record, or the differences, as JSON" },
  },
  example: "isg snp measure --ovmf OVMF.fd --vcpu-type EPYC-Milan",
  async run(invocation) {
    const [verb, ...rest] = invocation.words;
    if (verb === "measure" && rest.length === 0) return measure(invocation);
    if (verb === "measure") throw usage(`isg snp measure: ${rest.join(" ")}: the firmware goes after --ovmf`);
    if (verb === "diff") return diff(invocation, rest);
    throw usage(`isg snp ${invocation.words.join(" ")}: measure, or diff A B`.replace("snp :", "snp:"));
  },
};
