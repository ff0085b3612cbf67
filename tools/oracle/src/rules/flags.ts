/** RFLAGS bits (SDM vol. 1, 3.4.3). */
export const CF = 0x1;
export const PF = 0x4;
export const AF = 0x10;
export const ZF = 0x40;
export const SF = 0x80;
export const DF = 0x400;
export const OF = 0x800;
/** Set in the image that a fault pushes; not compared. */
export const RF = 0x1_0000;

/** x87 condition codes in FSW (SDM vol. 1, 8.1.3). */
export const C0 = 0x100;
export const C1 = 0x200;
export const C2 = 0x400;
export const C3 = 0x4000;
