/** Numbers shared with the generator (scripts/lib/build-tables.mjs): places, form flags, tree dimensions, size choosers. */

/** Where an operand sits in the encoding; the letters of the op/en column. */
export const PLACE_REG = 1;
export const PLACE_RM = 2;
export const PLACE_VVVV = 3;
export const PLACE_IMM = 4;
export const PLACE_OPCODE = 5;
export const PLACE_IS4 = 6;
export const PLACE_REL = 7;
export const PLACE_FAR = 8;
export const PLACE_FIXED = 9;
export const PLACE_MOFFS = 10;
/** ModRM.rm names a register whatever ModRM.mod says (MOV to and from CRn and DRn). */
export const PLACE_RM_REG = 11;
export const PLACE_ONE = 12;

/** Operand size is 64 bits in 64-bit mode unless 66 makes it 16 (PUSH, POP). */
export const FORM_D64 = 1;
/** Operand size is 64 bits in 64-bit mode whatever the prefixes say (near branches on Intel, SDM vol. 2D, A.2.5 "f64"). */
export const FORM_F64 = 2;
/** LOCK is allowed where the destination is in memory. */
export const FORM_LOCK = 4;
/** The form uses VEX.vvvv; in all others it must be 1111. */
export const FORM_VVVV = 8;
/** ModRM.mod is ignored, so there is no memory operand (MOV to and from CRn and DRn). */
export const FORM_MOD_IGNORED = 16;
/** Destination, mask and index must be three different registers, else #UD (AVX2 gathers). */
export const FORM_GATHER = 32;

/** Tree dimensions. */
export const DIM_PP = 0;
export const DIM_MOD = 1;
export const DIM_REG = 2;
export const DIM_RM = 3;
export const DIM_M64 = 4;
export const DIM_OSZ = 5;
export const DIM_ASZ = 6;
export const DIM_W = 7;
export const DIM_L = 8;
export const DIM_B = 9;

/** Size choosers of operand types. */
export const CHOOSE_OSZ = 1;
export const CHOOSE_Y = 2;
export const CHOOSE_Z = 3;
export const CHOOSE_N = 4;
export const CHOOSE_ASZ = 5;
export const CHOOSE_L = 6;
export const CHOOSE_W = 7;

/** Kinds of operand types. */
export const KIND_VSIB = 4;

/** Fields of the first word of `FORM_ENCODING`: shift, and for masks the bits of the values that are allowed. */
export const ENCODE_OPCODE_MASK = 0xff;
export const ENCODE_MAP_SHIFT = 8;
export const ENCODE_SPACE_SHIFT = 13;
export const ENCODE_MODRM = 0x1_0000;
export const ENCODE_PP_SHIFT = 17;
export const ENCODE_MOD_SHIFT = 21;
export const ENCODE_W_SHIFT = 23;
export const ENCODE_L_SHIFT = 25;
export const ENCODE_M64_SHIFT = 28;
/** VEX.W is ignored outside 64-bit mode. */
export const ENCODE_W_ONLY_64 = 0x4000_0000;
/** Number that stands for the 3DNow! map in `FORM_ENCODING`. */
export const ENCODE_MAP_3DNOW = 31;

/** Fields of the second word of `FORM_ENCODING`. */
export const ENCODE_REG_MASK = 0xff;
export const ENCODE_RM_SHIFT = 8;
export const ENCODE_OSZ_SHIFT = 16;
export const ENCODE_ASZ_SHIFT = 19;
/** The operand size changes what the form does. */
export const ENCODE_SIZED = 0x100_0000;
