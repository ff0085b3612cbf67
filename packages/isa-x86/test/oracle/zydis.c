/* Decodes cases from stdin with Zydis and prints one line each. A case is 18 bytes: mode (16, 32,
 * 64), number of bytes that may be read, code. Output: length, mnemonic and visible operands, then behind a
 * tab encoding, ISA extension, flags read, written and undefined, and access to operands; or T (more bytes needed), L (too long), I (invalid). */
#include <Zydis/Zydis.h>
#include <inttypes.h>
#include <stdio.h>

static const char *reg(ZydisRegister r) { return r == ZYDIS_REGISTER_NONE ? "-" : ZydisRegisterGetString(r); }

static void operand(const ZydisDecodedOperand *o) {
  switch (o->type) {
  case ZYDIS_OPERAND_TYPE_REGISTER:
    /* The size of a vector register is how much of it is used: not a fact of decoding. */
    printf("|r%s:%u", reg(o->reg.value), ZydisRegisterGetClass(o->reg.value) <= ZYDIS_REGCLASS_GPR64 ? o->size : 0);
    break;
  case ZYDIS_OPERAND_TYPE_MEMORY:
    printf("|m%u:%s:%s:%s:%u:%" PRId64, o->size, reg(o->mem.segment), reg(o->mem.base), reg(o->mem.index),
           o->mem.index == ZYDIS_REGISTER_NONE ? 0 : o->mem.scale, o->mem.disp.value);
    break;
  case ZYDIS_OPERAND_TYPE_POINTER:
    printf("|p%u:%" PRIu32, o->ptr.segment, o->ptr.offset);
    break;
  default:
    printf("|%c%" PRId64, o->imm.is_relative ? 'j' : 'i', o->imm.value.s);
  }
}

int main(void) {
  ZydisDecoder d[3];
  ZydisDecoderInit(&d[0], ZYDIS_MACHINE_MODE_LEGACY_16, ZYDIS_STACK_WIDTH_16);
  ZydisDecoderInit(&d[1], ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32);
  ZydisDecoderInit(&d[2], ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
  for (int n = 0; n < 3; n++) ZydisDecoderEnableMode(&d[n], ZYDIS_DECODER_MODE_WBNOINVD, ZYAN_TRUE);
  static char buffer[1 << 16];
  setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
  unsigned char c[18];
  while (fread(c, 18, 1, stdin) == 1) {
    ZydisDecodedInstruction i;
    ZydisDecodedOperand ops[ZYDIS_MAX_OPERAND_COUNT];
    ZyanStatus s = ZydisDecoderDecodeFull(&d[c[0] == 64 ? 2 : c[0] == 32 ? 1 : 0], c + 2, c[1], &i, ops);
    if (!ZYAN_SUCCESS(s)) {
      printf("%c\n", s == ZYDIS_STATUS_NO_MORE_DATA ? 'T' : s == ZYDIS_STATUS_INSTRUCTION_TOO_LONG ? 'L' : 'I');
      continue;
    }
    printf("%u %s", i.length, ZydisMnemonicGetString(i.mnemonic));
    for (int n = 0; n < i.operand_count_visible; n++) operand(&ops[n]);
    const ZydisAccessedFlags *f = i.cpu_flags;
    printf("\t%d %s %u %u %u ", i.encoding, ZydisISAExtGetString(i.meta.isa_ext), f->tested,
           f->modified | f->set_0 | f->set_1, f->undefined);
    /* Access to each visible operand: 1 read, 2 written. */
    for (int n = 0; n < i.operand_count_visible; n++) {
      ZydisOperandActions a = ops[n].actions;
      putchar('0' + ((a & ZYDIS_OPERAND_ACTION_MASK_READ) != 0) + 2 * ((a & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0));
    }
    putchar('\n');
  }
  return 0;
}
