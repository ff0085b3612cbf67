import type { BitSpec, FieldSpec, Layout } from "../layout.js";

/** ATTRIBUTES.FLAGS (SDM vol. 3D, 34.7.1). */
export const ATTRIBUTE_BITS: readonly BitSpec[] = [
  { name: "INIT", bit: 0, meaning: "the enclave has been initialised" },
  { name: "DEBUG", bit: 1, meaning: "a debugger may read and write the enclave" },
  { name: "MODE64BIT", bit: 2, meaning: "64-bit mode" },
  { name: "PROVISIONKEY", bit: 4, meaning: "the provisioning key is available" },
  { name: "EINITTOKENKEY", bit: 5, meaning: "the launch key is available" },
  { name: "CET", bit: 6, meaning: "CET attributes are enabled" },
  { name: "KSS", bit: 7, meaning: "key separation and sharing" },
  { name: "AEXNOTIFY", bit: 10, meaning: "the enclave hears of asynchronous exits" },
];

const bytes = (name: string, at: number, size: number, meaning: string): FieldSpec => ({
  name,
  at,
  size,
  kind: "bytes",
  meaning,
});
const zero = (at: number, size: number): FieldSpec => ({
  name: `reserved_${at.toString(16)}`,
  at,
  size,
  kind: "zero",
  meaning: "reserved",
});

/** The body of REPORT (SDM vol. 3D, 34.15.1), which a quote carries too. */
export const SGX_REPORT_BODY: Layout = {
  name: "SGX report body",
  size: 384,
  source: "Intel SDM vol. 3D, 34.15.1",
  fields: [
    bytes("cpusvn", 0, 16, "security version of the processor"),
    {
      name: "miscselect",
      at: 16,
      size: 4,
      kind: "number",
      meaning: "what else is saved at an exit",
      bits: [{ name: "EXINFO", bit: 0, meaning: "page faults and general protection" }],
    },
    bytes("cet_attributes", 20, 1, "CET attributes"),
    zero(21, 11),
    bytes("isvextprodid", 32, 16, "extended product ID"),
    {
      name: "attributes.flags",
      at: 48,
      size: 8,
      kind: "number",
      meaning: "what the enclave may do",
      bits: ATTRIBUTE_BITS,
    },
    { name: "attributes.xfrm", at: 56, size: 8, kind: "number", meaning: "XCR0 in the enclave" },
    bytes("mrenclave", 64, 32, "measurement of the enclave"),
    zero(96, 32),
    bytes("mrsigner", 128, 32, "SHA-256 of the signer's modulus"),
    zero(160, 32),
    bytes("configid", 192, 64, "configuration that the host gave"),
    { name: "isvprodid", at: 256, size: 2, kind: "number", meaning: "product, as the signer numbers it" },
    { name: "isvsvn", at: 258, size: 2, kind: "number", meaning: "security version of the enclave" },
    { name: "configsvn", at: 260, size: 2, kind: "number", meaning: "security version of the configuration" },
    zero(262, 42),
    bytes("isvfamilyid", 304, 16, "family of products"),
    bytes("reportdata", 320, 64, "what the enclave asked to have signed"),
  ],
};
