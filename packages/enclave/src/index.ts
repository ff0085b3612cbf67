export {
  type BitSpec,
  type ExplainedField,
  type FieldSpec,
  type Layout,
  Structure,
  differingFields,
  uncovered,
} from "./layout.js";
export { CPU_TYPES, cpuSignature, signatureOf } from "./sev/cpu-types.js";
export { type LaunchDifference, diffLaunches, differenceText } from "./sev/diff.js";
export { type Firmware, type FirmwareSection, SECTION_TYPES, parseFirmware } from "./sev/firmware.js";
export {
  ECDSA_KEY,
  ID_AUTH,
  ID_BLOCK,
  type IdBlock,
  type IdBlockOptions,
  buildIdBlock,
  snpPublicKey,
} from "./sev/id-block.js";
export { type DirectBoot, type KernelHashes, hashTable, kernelHashes } from "./sev/kernel-hashes.js";
export {
  type Launch,
  type LaunchOptions,
  type LaunchStep,
  type SevMeasureOptions,
  type SevMode,
  measureFirmware,
  measureLaunch,
  sevLaunchMeasurement,
} from "./sev/launch.js";
export {
  type LaunchRecord,
  type RecordedSection,
  type RecordedStep,
  parseLaunchRecord,
  recordLaunch,
} from "./sev/record.js";
export { VMMS, VMSA, type Vmm, type VmsaOptions, resetVmsa, svsmVmsa } from "./sev/vmsa.js";
