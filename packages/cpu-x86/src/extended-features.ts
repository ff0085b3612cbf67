import { XCR0_AVX, XCR0_PKRU, XCR0_SSE, XCR0_X87 } from "./control-bits.js";

/** What is asked of a CPU model here. */
interface HasFeatures {
  readonly features: readonly string[];
}

/** Size of the legacy region and the header of an XSAVE area, where AVX state begins, and the size of AVX state (SDM vol. 1, 13.4). */
const AVX_AT = 576;
const AVX_BYTES = 256;
/** Where PKRU is in the standard form: behind AVX state, as on AMD's processors without AVX-512. */
const PKRU_AT = 832;
const PKRU_BYTES = 8;

/** First argument of the assists `xsave` and `xrstor`: which of the instructions, and whether it is the 64-bit form. */
export const STATE_OPTIMISED: number = 1;
export const STATE_COMPACTED: number = 2;
/** XSAVES and XRSTORS: compacted, at CPL 0 only. */
export const STATE_SUPERVISOR: number = 3;
export const STATE_KIND: number = 3;
export const STATE_WIDE: number = 0x80;

/** The bits of XCR0 that a model lets the system set. */
export function supportedXcr0(model: HasFeatures): number {
  if (!model.features.includes("xsave")) return 0;
  const has = (feature: string, bit: number): number => (model.features.includes(feature) ? bit : 0);
  return XCR0_X87 | XCR0_SSE | has("avx", XCR0_AVX) | has("pku", XCR0_PKRU);
}

/** Size of the area in the compacted form (SDM vol. 1, 13.4.3). */
export function compactedBytes(components: number): number {
  return AVX_AT + ((components & XCR0_AVX) !== 0 ? AVX_BYTES : 0) + ((components & XCR0_PKRU) !== 0 ? PKRU_BYTES : 0);
}

/** Where PKRU is in an area that has these components. */
export function pkruAt(components: number, compacted: boolean): number {
  return compacted ? compactedBytes(components & ~XCR0_PKRU) : PKRU_AT;
}

/** CPUID leaf 0DH (SDM vol. 2A, CPUID; vol. 1, 13.2), but for the feature bits of subleaf 1. */
export function extendedStateLeaf(model: HasFeatures, subleaf: number, xcr0: number, out: Int32Array): void {
  const supported = supportedXcr0(model);
  if (supported === 0) return;
  const bytes = (components: number): number =>
    (components & XCR0_PKRU) !== 0 ? PKRU_AT + PKRU_BYTES : (components & XCR0_AVX) !== 0 ? AVX_AT + AVX_BYTES : AVX_AT;
  if (subleaf === 0) out.set([supported, bytes(xcr0), bytes(supported), 0]);
  else if (subleaf === 1) out[1] = model.features.includes("xsavec") ? compactedBytes(xcr0) : 0;
  else if (subleaf === 2 && (supported & XCR0_AVX) !== 0) out.set([AVX_BYTES, AVX_AT, 0, 0]);
  else if (subleaf === 9 && (supported & XCR0_PKRU) !== 0) out.set([PKRU_BYTES, PKRU_AT, 0, 0]);
}
