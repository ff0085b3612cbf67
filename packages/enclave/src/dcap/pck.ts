import { IsinglassError } from "@isinglass/interface";
import type { Certificate } from "../x509/certificate.js";
import { type DerElement, derChild, derChildren, derUnsigned, oidText, readDer } from "../x509/der.js";

const SGX = "1.2.840.113741.1.13.1";

/** What a PCK certificate says of its platform (SGX PCK Certificate and CRL Profile, 1.3.5). */
export interface PckExtension {
  /** SVNs of the 16 components. */
  readonly components: readonly number[];
  readonly pceSvn: number;
  readonly cpuSvn: Uint8Array;
  readonly pceId: Uint8Array;
  readonly fmspc: Uint8Array;
}

function bad(message: string): IsinglassError {
  return new IsinglassError("ISG_ENCLAVE_BAD_CERTIFICATE", `PCK certificate: ${message}`);
}

/** Pairs of an identifier and a value. */
function pairs(contents: Uint8Array): Map<string, DerElement> {
  return new Map(
    derChildren(contents).map((pair) => {
      const [name, value] = derChildren(pair.contents);
      if (name === undefined || value === undefined) throw bad("an extension that is no list of pairs");
      return [oidText(name.contents), value];
    }),
  );
}

function octets(values: ReadonlyMap<string, DerElement>, name: string, size: number): Uint8Array {
  const value = values.get(`${SGX}.${name}`);
  if (value === undefined || value.tag !== 4 || value.contents.length !== size)
    throw bad(`no ${size} bytes at ${SGX}.${name}`);
  return value.contents;
}

/** @throws IsinglassError `ISG_ENCLAVE_BAD_CERTIFICATE` */
export function readPckExtension(certificate: Certificate): PckExtension {
  const extension = certificate.extensions.get(SGX);
  if (extension === undefined) throw bad("it has no SGX extension");
  const values = pairs(readDer(extension, 0x30, "the SGX extension").contents);
  const tcb = values.get(`${SGX}.2`);
  if (tcb === undefined) throw bad("it says nothing of its TCB");
  const levels = pairs(tcb.contents);
  const svn = (i: number): number => {
    const value = levels.get(`${SGX}.2.${i}`);
    if (value === undefined) throw bad(`component ${i} is missing`);
    const [high, low] = derUnsigned(derChild([value], 0, 2, `component ${i}`), 2, `component ${i}`);
    return 256 * high! + low!;
  };
  return {
    components: Array.from({ length: 16 }, (_, i) => svn(i + 1)),
    pceSvn: svn(17),
    cpuSvn: octets(levels, "2.18", 16),
    pceId: octets(values, "3", 2),
    fmspc: octets(values, "4", 6),
  };
}
