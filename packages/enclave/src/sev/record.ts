import { fromHex, noble, toHex } from "@isinglass/crypto";
import { IsinglassError } from "@isinglass/interface";
import { SECTION_TYPES } from "./firmware.js";
import { type Launch, type LaunchOptions, extendDigest, isPageType } from "./launch.js";

/** A launch written down: what went in, step by step, so that two can be compared later without the files. */
export interface LaunchRecord {
  readonly format: "isinglass-launch-1";
  readonly digest: string;
  readonly arguments: Readonly<Record<string, string | number>>;
  readonly firmware: { readonly size: number; readonly sections: readonly RecordedSection[] };
  readonly kernelHashes?: { readonly cmdline: string; readonly initrd: string; readonly kernel: string };
  /** SHA-384 (SHA-256 for SEV and SEV-ES) of what each step measured. */
  readonly steps: readonly RecordedStep[];
  /** Non-zero fields of the save areas: of the first vCPU and of the others. */
  readonly vmsas: readonly Readonly<Record<string, string>>[];
}

export interface RecordedSection {
  readonly type: string;
  readonly gpa: string;
  readonly size: number;
}

export interface RecordedStep {
  readonly type: string;
  readonly gpa: string;
  readonly what: string;
  readonly contents: string;
}

/** Writes a launch down. */
export function recordLaunch(options: LaunchOptions, launch: Launch): LaunchRecord {
  const { hashes, firmware, vmsas } = launch;
  const sha = (bytes: Uint8Array | undefined): string =>
    bytes === undefined ? "none" : toHex(noble.digest("SHA-256", bytes));
  const fields = vmsas
    .slice(0, 2)
    .map((vmsa) =>
      Object.fromEntries(
        vmsa.layout.fields
          .filter((field) => vmsa.part(field.name).some((byte) => byte !== 0))
          .map((field) => [
            field.name,
            field.kind === "number" ? `0x${vmsa.big(field.name).toString(16)}` : vmsa.hex(field.name),
          ]),
      ),
    );
  return {
    format: "isinglass-launch-1",
    digest: toHex(launch.digest),
    arguments: {
      mode: options.mode,
      vcpus: options.vcpus,
      "vcpu-signature": `0x${options.signature.toString(16)}`,
      vmm: options.vmm,
      "guest-features": `0x${(options.features ?? (options.mode === "sev-es" ? 0n : 1n)).toString(16)}`,
      kernel: sha(options.boot?.kernel),
      initrd: options.boot === undefined ? "none" : sha(options.boot.initrd ?? new Uint8Array(0)),
      append: options.boot === undefined ? "none" : JSON.stringify(options.boot.append ?? ""),
      ...(options.svsm === undefined
        ? {}
        : { svsm: sha(options.svsm.image), "svsm-variables": options.svsm.variables }),
      ...(options.firmwareDigest === undefined ? {} : { "firmware-digest": toHex(options.firmwareDigest) }),
    },
    firmware: {
      size: firmware.image.length,
      sections: firmware.sections.map(({ type, gpa, size }) => ({
        type: SECTION_TYPES[type] ?? String(type),
        gpa: `0x${gpa.toString(16)}`,
        size,
      })),
    },
    ...(hashes === undefined
      ? {}
      : {
          kernelHashes: { cmdline: toHex(hashes.cmdline), initrd: toHex(hashes.initrd), kernel: toHex(hashes.kernel) },
        }),
    steps: launch.steps.map((step) => ({ ...step, gpa: `0x${step.gpa.toString(16)}` })),
    vmsas: fields,
  };
}

type Members = Readonly<Record<string, unknown>>;

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isRecordOfStrings(value: unknown): value is Readonly<Record<string, string>> {
  return isMembers(value) && Object.values(value).every((one) => typeof one === "string");
}

function isSize(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isSection(value: unknown): boolean {
  return (
    isMembers(value) && typeof value["type"] === "string" && typeof value["gpa"] === "string" && isSize(value["size"])
  );
}

/** A step as {@link recordLaunch} writes it: an address of at most 48 bits, a digest of 32 bytes for plain data and of 48 for pages. */
function isStep(value: unknown): value is RecordedStep {
  if (!isRecordOfStrings(value)) return false;
  const { type = "", gpa = "", what, contents = "" } = value;
  const size = type === "data" ? 64 : isPageType(type) ? 96 : 0;
  return (
    size > 0 &&
    what !== undefined &&
    /^0x[0-9a-f]{1,12}$/.test(gpa) &&
    /^[0-9a-f]+$/.test(contents) &&
    contents.length === size
  );
}

/** The digest that the steps of SNP lead to; of plain SEV, which hashes the data itself, steps cannot tell. */
function replaySteps(steps: readonly RecordedStep[], seed: Uint8Array): string {
  let digest = seed;
  for (const { type, gpa, contents } of steps)
    if (isPageType(type)) digest = extendDigest(noble, digest, { type, gpa: Number(gpa), contents: fromHex(contents) });
  return toHex(digest);
}

/** Letters in a record: some forty thousand pages, ten times a large firmware's. */
const MOST_LETTERS = 8 * 2 ** 20;

/**
 * Reads a record that {@link recordLaunch} made.
 *
 * @throws IsinglassError `ISG_SNP_BAD_RECORD`
 */
export function parseLaunchRecord(text: string): LaunchRecord {
  const wrong = (why: string): IsinglassError =>
    new IsinglassError("ISG_SNP_BAD_RECORD", `launch record: ${why}; isg snp measure --record FILE writes one`);
  if (text.length > MOST_LETTERS) throw wrong(`${text.length} letters, of which at most ${MOST_LETTERS} are taken`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong("it is not JSON");
  }
  if (typeof value !== "object" || value === null) throw wrong("it is not an object");
  const record = value as Partial<LaunchRecord>;
  if (record.format !== "isinglass-launch-1") throw wrong('its format is not "isinglass-launch-1"');
  if (typeof record.digest !== "string" || !/^[0-9a-f]{64}([0-9a-f]{32})?$/.test(record.digest))
    throw wrong("its digest is not 32 or 48 bytes of hexadecimal digits");
  const { digest, firmware, steps, vmsas, kernelHashes: hashes, arguments: given } = record as Members;
  if (!isMembers(given) || !Object.values(given).every((one) => typeof one === "string" || isSize(one)))
    throw wrong("it has no arguments");
  if (!isMembers(firmware) || !isSize(firmware["size"]) || !Array.isArray(firmware["sections"]))
    throw wrong("it has no firmware");
  if (!firmware["sections"].every((section: unknown) => isSection(section)))
    throw wrong("a section of its firmware is none");
  if (!Array.isArray(steps) || !steps.every((step) => isStep(step))) throw wrong("it has no list of steps");
  if (!Array.isArray(vmsas) || !vmsas.every((vmsa) => isRecordOfStrings(vmsa)))
    throw wrong("it has no list of save areas");
  if (hashes !== undefined && !isRecordOfStrings(hashes)) throw wrong("its kernel hashes are not text");
  const isPages = record.digest.length === 96;
  if (steps.some(({ type }) => (type === "data") === isPages))
    throw wrong("its steps are not of a kind with its digest");
  const seed = given["firmware-digest"] ?? "00".repeat(48);
  if (typeof seed !== "string" || !/^[0-9a-f]{96}$/.test(seed)) throw wrong("its firmware digest is none");
  const found = isPages ? replaySteps(steps, fromHex(seed)) : digest;
  if (found !== digest) throw wrong(`its steps lead to ${String(found)}, not to its digest`);
  return value as LaunchRecord;
}
