import { noble, toHex } from "@isinglass/crypto";
import { IsinglassError } from "@isinglass/interface";
import { SECTION_TYPES } from "./firmware.js";
import type { Launch, LaunchOptions } from "./launch.js";

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

function isRecordOfStrings(value: unknown): value is Record<string, string> {
  return typeof value === "object" && value !== null && Object.values(value).every((one) => typeof one === "string");
}

/**
 * Reads a record that {@link recordLaunch} made.
 *
 * @throws IsinglassError `ISG_SNP_BAD_RECORD`
 */
export function parseLaunchRecord(text: string): LaunchRecord {
  const wrong = (why: string): IsinglassError =>
    new IsinglassError("ISG_SNP_BAD_RECORD", `launch record: ${why}; isg snp measure --record FILE writes one`);
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
  if (typeof record.arguments !== "object" || record.arguments === null) throw wrong("it has no arguments");
  const { firmware, steps, vmsas, kernelHashes: hashes } = record;
  if (typeof firmware !== "object" || firmware === null || !Array.isArray(firmware.sections))
    throw wrong("it has no firmware");
  if (!firmware.sections.every((section: unknown) => typeof section === "object" && section !== null))
    throw wrong("a section of its firmware is not an object");
  if (!Array.isArray(steps) || !steps.every(isRecordOfStrings)) throw wrong("it has no list of steps");
  if (!Array.isArray(vmsas) || !vmsas.every(isRecordOfStrings)) throw wrong("it has no list of save areas");
  if (hashes !== undefined && !isRecordOfStrings(hashes)) throw wrong("its kernel hashes are not text");
  return value as LaunchRecord;
}
