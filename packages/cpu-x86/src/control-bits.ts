/** Bits of CR0, CR4 and IA32_EFER, and of the attributes in a segment record. */

// CR0 (SDM vol. 3A, 2.5).
export const CR0_PE: number = 1;
export const CR0_MP: number = 2;
export const CR0_EM: number = 4;
export const CR0_TS: number = 8;
export const CR0_ET: number = 16;
export const CR0_NE: number = 32;
export const CR0_WP: number = 1 << 16;
export const CR0_AM: number = 1 << 18;
export const CR0_NW: number = 1 << 29;
export const CR0_CD: number = 1 << 30;
/** Bit 31, as a signed 32-bit integer. */
export const CR0_PG: number = -0x80000000;

// CR4 (SDM vol. 3A, 2.5).
export const CR4_VME: number = 1;
export const CR4_PVI: number = 2;
export const CR4_TSD: number = 4;
export const CR4_DE: number = 8;
export const CR4_PSE: number = 16;
export const CR4_PAE: number = 32;
export const CR4_MCE: number = 64;
export const CR4_PGE: number = 128;
export const CR4_PCE: number = 256;
export const CR4_OSFXSR: number = 512;
export const CR4_OSXMMEXCPT: number = 1024;
export const CR4_UMIP: number = 2048;
export const CR4_LA57: number = 4096;
export const CR4_FSGSBASE: number = 1 << 16;
export const CR4_PCIDE: number = 1 << 17;
export const CR4_OSXSAVE: number = 1 << 18;
export const CR4_SMEP: number = 1 << 20;
export const CR4_SMAP: number = 1 << 21;
export const CR4_PKE: number = 1 << 22;
export const CR4_PKS: number = 1 << 24;

// XCR0 (SDM vol. 1, 13.3).
export const XCR0_X87: number = 1;
export const XCR0_SSE: number = 2;
export const XCR0_AVX: number = 4;
export const XCR0_PKRU: number = 1 << 9;
/** What VEX-encoded vector instructions ask for. */
export const XCR0_VECTORS: number = XCR0_SSE | XCR0_AVX;

// IA32_EFER (SDM vol. 3A, 2.2.1).
export const EFER_SCE: number = 1;
export const EFER_LME: number = 1 << 8;
export const EFER_LMA: number = 1 << 10;
export const EFER_NXE: number = 1 << 11;

// Attributes of a segment record (SDM vol. 3A, 3.4.5): access rights byte, then AVL, L, D/B, G; bit 16 marks an unusable segment.
export const ATTR_PRESENT: number = 0x80;
export const ATTR_LONG: number = 1 << 13;
export const ATTR_BIG: number = 1 << 14;
export const ATTR_GRANULAR: number = 1 << 15;
export const ATTR_UNUSABLE: number = 1 << 16;
