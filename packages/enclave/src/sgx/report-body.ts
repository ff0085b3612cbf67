import { type BitSpec, FIELD, type Layout } from "../layout.js";

const { bytes, number, zero } = FIELD;

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

/** The body of REPORT (SDM vol. 3D, 34.15.1), which a quote carries too. */
export const SGX_REPORT_BODY: Layout = {
  name: "SGX report body",
  size: 384,
  source: "Intel SDM vol. 3D, 34.15.1",
  fields: [
    bytes("cpusvn", 0, 16, "security version of the processor"),
    number("miscselect", 16, 4, "what else is saved at an exit", [
      { name: "EXINFO", bit: 0, meaning: "page faults and general protection" },
    ]),
    bytes("cet_attributes", 20, 1, "CET attributes"),
    zero(21, 11),
    bytes("isvextprodid", 32, 16, "extended product ID"),
    number("attributes.flags", 48, 8, "what the enclave may do", ATTRIBUTE_BITS),
    number("attributes.xfrm", 56, 8, "XCR0 in the enclave"),
    bytes("mrenclave", 64, 32, "measurement of the enclave"),
    zero(96, 32),
    bytes("mrsigner", 128, 32, "SHA-256 of the signer's modulus"),
    zero(160, 32),
    bytes("configid", 192, 64, "configuration that the host gave"),
    number("isvprodid", 256, 2, "product, as the signer numbers it"),
    number("isvsvn", 258, 2, "security version of the enclave"),
    number("configsvn", 260, 2, "security version of the configuration"),
    zero(262, 42),
    bytes("isvfamilyid", 304, 16, "family of products"),
    bytes("reportdata", 320, 64, "what the enclave asked to have signed"),
  ],
};
