import { type BitSpec, FIELD, type FieldSpec, type Layout } from "../layout.js";

const { bytes, number } = FIELD;

// ATTRIBUTES (TDX Module ABI, "TD ATTRIBUTES"): bits 0 to 7 tell of TDs that others look into.
const TD_ATTRIBUTES: readonly BitSpec[] = [
  { name: "DEBUG", bit: 0, meaning: "the host may debug this TD" },
  { name: "HGS_PLUS_PROF", bit: 4, meaning: "hardware-guided scheduling watches it with the rest of the system" },
  { name: "PERF_PROF", bit: 5, meaning: "performance counters watch it with the rest of the system" },
  { name: "PMT_PROF", bit: 6, meaning: "out-of-band telemetry watches it with the rest of the system" },
  { name: "ICSSD", bit: 16, meaning: "defence against single steps by counting instructions" },
  { name: "LASS", bit: 27, meaning: "linear address space separation" },
  { name: "SEPT_VE_DISABLE", bit: 28, meaning: "no #VE for pages that are not there" },
  { name: "MIGRATABLE", bit: 29, meaning: "the TD may be migrated" },
  { name: "PKS", bit: 30, meaning: "supervisor protection keys" },
  { name: "KL", bit: 31, meaning: "key locker" },
  { name: "TPA", bit: 62, meaning: "the provisioning agent of TDX Connect" },
  { name: "PERFMON", bit: 63, meaning: "performance monitoring" },
];

const FIELDS: readonly FieldSpec[] = [
  bytes("tee_tcb_svn", 0, 16, "security versions of the TDX module and its loader"),
  bytes("mrseam", 16, 48, "measurement of the TDX module"),
  bytes("mrsignerseam", 64, 48, "signer of the TDX module; zero: Intel"),
  bytes("seamattributes", 112, 8, "attributes of the TDX module; zero for Intel's"),
  number("tdattributes", 120, 8, "what the TD may do", TD_ATTRIBUTES),
  number("xfam", 128, 8, "XCR0 and XSS of the TD"),
  bytes("mrtd", 136, 48, "measurement of the TD's initial contents"),
  bytes("mrconfigid", 184, 48, "configuration that the host gave"),
  bytes("mrowner", 232, 48, "owner of the TD"),
  bytes("mrownerconfig", 280, 48, "configuration that the owner gave"),
  // What goes into which is no matter of the module's: firmware and boot loaders follow this convention (UEFI 2.10, 38.4.1).
  bytes("rtmr0", 328, 48, "runtime measurements; by convention firmware configuration"),
  bytes("rtmr1", 376, 48, "runtime measurements; by convention boot loader and kernel"),
  bytes("rtmr2", 424, 48, "runtime measurements; by convention operating system"),
  bytes("rtmr3", 472, 48, "runtime measurements; by convention applications"),
  bytes("reportdata", 520, 64, "what the TD asked to have signed"),
];

/** The TD report of quotes v4 and v5 type 2 (DCAP quoting library, A.3.2). */
export const TD_REPORT_10: Layout = {
  name: "TD report 1.0",
  size: 584,
  source: "Intel TDX DCAP Quoting Library API, A.3.2",
  fields: FIELDS,
};

/** The TD report of quotes v5 type 3 (A.4.4 there). */
export const TD_REPORT_15: Layout = {
  name: "TD report 1.5",
  size: 648,
  source: "Intel TDX DCAP Quoting Library API, A.4.4",
  fields: [
    ...FIELDS,
    bytes("tee_tcb_svn2", 584, 16, "security versions of the TDX module that runs now"),
    bytes(
      "mrservicetd",
      600,
      48,
      "SHA-384 over the TDINFOs of bound service TDs, such as one for migration; zero: none",
    ),
  ],
};
