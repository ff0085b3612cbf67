import { type BitSpec, type ExplainedField, FIELD, type FieldSpec, type Layout, Structure } from "../layout.js";

// ATTESTATION_REPORT (SEV-SNP Firmware ABI, 56860, 7.3, table 23; revision 1.55 for versions 2 and 3, 1.58 for version 5).

const POLICY: readonly BitSpec[] = [
  { name: "ABI_MINOR", bit: 0, width: 8, meaning: "least minor version of the ABI that the guest wants" },
  { name: "ABI_MAJOR", bit: 8, width: 8, meaning: "least major version of the ABI that the guest wants" },
  { name: "SMT", bit: 16, meaning: "simultaneous multithreading is allowed" },
  { name: "RESERVED_1", bit: 17, meaning: "must be 1" },
  { name: "MIGRATE_MA", bit: 18, meaning: "a migration agent is allowed" },
  { name: "DEBUG", bit: 19, meaning: "debugging by the host is allowed" },
  { name: "SINGLE_SOCKET", bit: 20, meaning: "the guest may run on one socket only" },
  { name: "CXL_ALLOW", bit: 21, meaning: "CXL devices or memory are allowed" },
  { name: "MEM_AES_256_XTS", bit: 22, meaning: "memory must be encrypted with AES-256-XTS" },
  { name: "RAPL_DIS", bit: 23, meaning: "running average power limit must be off" },
  { name: "CIPHERTEXT_HIDING_DRAM", bit: 24, meaning: "the host must not see ciphertext" },
  { name: "PAGE_SWAP_DISABLE", bit: 25, meaning: "swapping, moving and the like of pages is off" },
];

const PLATFORM: readonly BitSpec[] = [
  { name: "SMT_EN", bit: 0, meaning: "simultaneous multithreading is on" },
  { name: "TSME_EN", bit: 1, meaning: "transparent memory encryption is on" },
  { name: "ECC_EN", bit: 2, meaning: "memory with error correction" },
  { name: "RAPL_DIS", bit: 3, meaning: "running average power limit is off" },
  { name: "CIPHERTEXT_HIDING_DRAM_EN", bit: 4, meaning: "the host does not see ciphertext" },
  { name: "ALIAS_CHECK_COMPLETE", bit: 5, meaning: "no aliased memory was found since boot" },
  { name: "TIO_EN", bit: 7, meaning: "trusted I/O is on" },
];

const FLAGS: readonly BitSpec[] = [
  { name: "AUTHOR_KEY_EN", bit: 0, meaning: "AUTHOR_KEY_DIGEST is present" },
  { name: "MASK_CHIP_KEY", bit: 1, meaning: "the host masks the chip's key: a VCEK signs nothing" },
  { name: "SIGNING_KEY", bit: 2, width: 3, meaning: "0: VCEK, 1: VLEK, 7: none" },
];

/** Components of a TCB_VERSION (table 3): Turin (family 1Ah) orders them otherwise. */
export function tcbParts(
  bytes: Uint8Array,
  isTurin: boolean,
): Readonly<Record<"fmc" | "bootLoader" | "tee" | "snp" | "microcode", number>> {
  return isTurin
    ? { fmc: bytes[0]!, bootLoader: bytes[1]!, tee: bytes[2]!, snp: bytes[3]!, microcode: bytes[7]! }
    : { fmc: 0, bootLoader: bytes[0]!, tee: bytes[1]!, snp: bytes[6]!, microcode: bytes[7]! };
}

function showTcb(isTurin: boolean): (bytes: Uint8Array) => string {
  return (bytes) => {
    const { fmc, bootLoader, tee, snp, microcode } = tcbParts(bytes, isTurin);
    return `${isTurin ? `FMC ${fmc}, ` : ""}boot loader ${bootLoader}, TEE ${tee}, SNP ${snp}, microcode ${microcode}`;
  };
}

function fields(version: number, isTurin: boolean): FieldSpec[] {
  const has3 = version >= 3;
  const has5 = version >= 5;
  const { bytes, number, zero } = FIELD;
  const tcb = (name: string, at: number, meaning: string): FieldSpec => ({
    ...bytes(name, at, 8, meaning),
    show: showTcb(isTurin),
  });
  return [
    number("version", 0x000, 4, "version of this report: 2, 3 or 5"),
    number("guest_svn", 0x004, 4, "security version of the guest, out of its ID block"),
    number("policy", 0x008, 8, "what the guest's owner allows", POLICY),
    bytes("family_id", 0x010, 16, "family, out of the ID block"),
    bytes("image_id", 0x020, 16, "image, out of the ID block"),
    number("vmpl", 0x030, 4, "privilege level of who asked for the report; 0xffffffff where the host asked"),
    number("signature_algo", 0x034, 4, "1: ECDSA P-384 with SHA-384"),
    tcb("current_tcb", 0x038, "security versions of the firmware that runs"),
    number("platform_info", 0x040, 8, "what the platform has", PLATFORM),
    number("flags", 0x048, 4, "how the report is signed", FLAGS),
    zero(0x04c, 4),
    bytes("report_data", 0x050, 64, "what the guest asked to have signed"),
    bytes("measurement", 0x090, 48, "the launch digest"),
    bytes("host_data", 0x0c0, 32, "what the host gave at launch"),
    bytes("id_key_digest", 0x0e0, 48, "SHA-384 of the key that signed the ID block"),
    bytes("author_key_digest", 0x110, 48, "SHA-384 of the key that certified the ID key"),
    bytes("report_id", 0x140, 32, "identifies this guest while it runs"),
    bytes("report_id_ma", 0x160, 32, "report ID of its migration agent"),
    tcb("reported_tcb", 0x180, "the security versions that the signing key stands for"),
    ...(has3
      ? [
          number("cpuid_fam_id", 0x188, 1, "family of the processor, extended and base together"),
          number("cpuid_mod_id", 0x189, 1, "model of the processor, extended and base together"),
          number("cpuid_step", 0x18a, 1, "stepping of the processor"),
          zero(0x18b, 21),
        ]
      : [zero(0x188, 24)]),
    bytes("chip_id", 0x1a0, 64, "identifies the processor; zero if masked"),
    tcb("committed_tcb", 0x1e0, "the security versions below which the firmware will not go again"),
    number("current_build", 0x1e8, 1, "build of the firmware that runs"),
    number("current_minor", 0x1e9, 1, "its minor version"),
    number("current_major", 0x1ea, 1, "its major version"),
    zero(0x1eb, 1),
    number("committed_build", 0x1ec, 1, "build of the committed firmware"),
    number("committed_minor", 0x1ed, 1, "its minor version"),
    number("committed_major", 0x1ee, 1, "its major version"),
    zero(0x1ef, 1),
    tcb("launch_tcb", 0x1f0, "the security versions when the guest was launched or imported"),
    ...(has5
      ? [
          number("launch_mit_vector", 0x1f8, 8, "mitigations that were on at launch"),
          number("current_mit_vector", 0x200, 8, "mitigations that are on now"),
          zero(0x208, 152),
        ]
      : [zero(0x1f8, 168)]),
    bytes("signature_r", 0x2a0, 72, "R of the signature over all before, little-endian"),
    bytes("signature_s", 0x2e8, 72, "S of the signature"),
    zero(0x330, 368),
  ];
}

/** Versions that are known. */
export const REPORT_VERSIONS: readonly number[] = [2, 3, 5];

/** The fields of a report of a version, on Turin or before it. */
export function reportLayout(version: number, isTurin: boolean): Layout {
  return {
    name: `SNP attestation report v${version}`,
    size: 0x4a0,
    source: "SEV-SNP Firmware ABI (56860), table 23",
    fields: fields(version, isTurin),
  };
}

/**
 * Whether a report comes from Turin or later (family 1Ah), which orders the components of a TCB otherwise. Reports of version 2 do not say their family; Turin's chip IDs have 8 bytes,
 * those before it 64.
 */
export function isTurinReport(bytes: Uint8Array): boolean {
  if (bytes[0]! >= 3) return bytes[0x188]! >= 0x1a;
  const chip = bytes.subarray(0x1a0, 0x1e0);
  return chip.subarray(0, 8).some((byte) => byte !== 0) && chip.subarray(8).every((byte) => byte === 0);
}

/**
 * Reads a report of 1,184 bytes. Unknown versions are read as the newest known, so that they can be explained; `verifySnpReport` refuses them.
 *
 * @throws IsinglassError `ISG_ENCLAVE_BAD_SIZE`
 */
export function parseSnpReport(bytes: Uint8Array): Structure {
  const version = bytes[0] ?? 0;
  return new Structure(reportLayout(REPORT_VERSIONS.includes(version) ? version : 5, isTurinReport(bytes)), bytes);
}

/** Every field of a report, its bytes and meaning. */
export function explainSnpReport(report: Structure): ExplainedField[] {
  return report.explain("report");
}
