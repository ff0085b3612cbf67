import type { Structure } from "../layout.js";
import { type JsonObject, parseObject } from "./json.js";
import type { PckExtension } from "./pck.js";

/** What Intel publishes about a platform, as its provisioning service returns it and verifiers keep it in one JSON file. */
export interface Collateral {
  /** PEM. */
  readonly pckCrlIssuerChain: string;
  /** DER. */
  readonly rootCaCrl: Uint8Array;
  readonly pckCrl: Uint8Array;
  readonly tcbInfoIssuerChain: string;
  /** The JSON text that was signed, to the letter. */
  readonly tcbInfo: string;
  readonly tcbInfoSignature: Uint8Array;
  readonly qeIdentityIssuerChain: string;
  readonly qeIdentity: string;
  readonly qeIdentitySignature: Uint8Array;
}

/**
 * Reads a collateral file: JSON with the members `pck_crl_issuer_chain`, `root_ca_crl`, `pck_crl`, `tcb_info_issuer_chain`, `tcb_info`, `tcb_info_signature`,
 * `qe_identity_issuer_chain`, `qe_identity`, `qe_identity_signature`; chains are PEM, lists and signatures hexadecimal.
 *
 * @throws IsinglassError `ISG_ENCLAVE_BAD_COLLATERAL`
 */
export function parseCollateral(text: string): Collateral {
  const file = parseObject(text, "the file");
  return {
    pckCrlIssuerChain: file.text("pck_crl_issuer_chain"),
    rootCaCrl: file.hex("root_ca_crl"),
    pckCrl: file.hex("pck_crl"),
    tcbInfoIssuerChain: file.text("tcb_info_issuer_chain"),
    tcbInfo: file.text("tcb_info"),
    tcbInfoSignature: file.hex("tcb_info_signature", 64),
    qeIdentityIssuerChain: file.text("qe_identity_issuer_chain"),
    qeIdentity: file.text("qe_identity"),
    qeIdentitySignature: file.hex("qe_identity_signature", 64),
  };
}

/** A state of a TCB, and since when. */
export interface TcbState {
  readonly status: string;
  readonly date: string;
  readonly advisories: readonly string[];
}

const NOT_FOUND: TcbState = { status: "NotSupported", date: "none", advisories: [] };

function stateOf(level: JsonObject): TcbState {
  const ids = level.has("advisoryIDs") ? level.texts("advisoryIDs") : [];
  return { status: level.text("tcbStatus"), date: level.text("tcbDate"), advisories: ids };
}

function components(tcb: JsonObject, name: string): number[] {
  return tcb.objects(name).map((one) => one.number("svn"));
}

function atLeast(have: ArrayLike<number>, wanted: readonly number[], from = 0): boolean {
  if (wanted.length !== 16) return false;
  for (let i = from; i < 16; i += 1) if (have[i]! < wanted[i]!) return false;
  return true;
}

/** The first level of TCB info v3 that a platform reaches (PCS API v4, "TCB info"; levels are in falling order). */
export function platformState(info: JsonObject, pck: PckExtension, td: Structure | undefined): TcbState {
  const tdSvn = td?.part("tee_tcb_svn");
  // A module with a version of its own is judged by its identity; then its first two numbers are not compared here.
  const from = tdSvn !== undefined && tdSvn[1]! > 0 ? 2 : 0;
  for (const level of info.objects("tcbLevels")) {
    const tcb = level.object("tcb");
    if (!atLeast(pck.components, components(tcb, "sgxtcbcomponents")) || pck.pceSvn < tcb.number("pcesvn")) continue;
    if (tdSvn !== undefined && !atLeast(tdSvn, components(tcb, "tdxtcbcomponents"), from)) continue;
    return stateOf(level);
  }
  return NOT_FOUND;
}

/** The state of an enclave identity at a security version: quoting enclaves and TDX modules. */
export function identityState(identity: JsonObject, isvsvn: number): TcbState {
  for (const level of identity.objects("tcbLevels"))
    if (isvsvn >= level.object("tcb").number("isvsvn")) return stateOf(level);
  return NOT_FOUND;
}
