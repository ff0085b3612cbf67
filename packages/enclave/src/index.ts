export { type BitSpec, type ExplainedField, type FieldSpec, type Layout, Structure, uncovered } from "./layout.js";
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
export { type Policy, type TcbMinimum, parsePolicy } from "./policy.js";
export { ALL_VENDOR_ROOTS, VENDOR_ROOTS } from "./roots.js";
export {
  type ExpectedMessage,
  type GuestMessage,
  MESSAGE_HEADER,
  openGuestMessage,
  sealGuestMessage,
} from "./sev/guest-message.js";
export { explainSnpReport, parseSnpReport, reportLayout } from "./sev/report.js";
export { type SnpVerifyOptions, verifySnpReport } from "./sev/verify-report.js";
export { type Check, type Unchecked, type Verdict, verdictText } from "./verdict.js";
export {
  type Certificate,
  type PublicKey,
  type SignatureAlgorithm,
  type SignedEnvelope,
  parseCertificate,
} from "./x509/certificate.js";
export { type RevocationList, parseRevocationList } from "./x509/crl.js";
export { fromBase64, readPem, toBase64, toPem } from "./x509/pem.js";
export { type DocumentFormat, type VerifyOptions, detectFormat, explainDocument, verifyDocument } from "./document.js";
export { type Explanation, explanationHtml, explanationText, jsonText } from "./explain.js";
export { type Collateral, parseCollateral } from "./dcap/collateral.js";
export { type PckExtension, readPckExtension } from "./dcap/pck.js";
export { type Quote, explainQuote, parseQuote } from "./dcap/quote.js";
export { type QuoteVerifyOptions, verifyQuote } from "./dcap/verify.js";
export { ATTRIBUTE_BITS, SGX_REPORT_BODY } from "./sgx/report-body.js";
export { TD_REPORT_10, TD_REPORT_15 } from "./tdx/report-body.js";
export { type CoseSign1, buildCose, coseSigned, parseCose } from "./nitro/cose.js";
export {
  type NitroDocument,
  type NitroVerifyOptions,
  explainNitroDocument,
  parseNitroDocument,
  verifyNitroDocument,
} from "./nitro/document.js";
export {
  type Eif,
  type EifLimits,
  type EifOptions,
  type EifSection,
  type EifSectionType,
  buildEif,
  measureEif,
  nitroPcr,
  parseEif,
  verifyEif,
} from "./nitro/eif.js";
export { type EnclaveElf, type LoadSegment, parseEnclaveElf } from "./sgx/elf.js";
export { type EnclaveFile, readEnclaveFile, verifyEnclaveFile } from "./sgx/enclave-file.js";
export { ENCLAVE_LIMITS, type EnclaveLimits, EnclaveMeasurement, SECINFO, measureStream } from "./sgx/measure.js";
export { OE_PROPERTIES, measureOpenEnclave, openEnclaveProperties } from "./sgx/open-enclave.js";
export {
  SIGSTRUCT,
  explainSigstruct,
  findSigstructs,
  mrSigner,
  quotients,
  signSigstruct,
  verifySigstruct,
} from "./sgx/sigstruct.js";
export {
  KEYREQUEST,
  type ModelFuses,
  SEALED_DATA,
  SGX_REPORT,
  deriveKey,
  makeReport,
  parseSealed,
  reportKey,
  sealData,
  unsealData,
  verifyReportMac,
} from "./sgx/report.js";
export { PCMD, type PageIdentity, type SealedPage, sealPage, unsealPage } from "./sgx/paging.js";
export {
  type CcEvent,
  EVENT_TYPES,
  differingRtmrs,
  eventDataState,
  parseEventLog,
  replayRtmrs,
} from "./tdx/event-log.js";
