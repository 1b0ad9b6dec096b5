// SPDX-License-Identifier: Apache-2.0
package quern.batch;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;

/** What a compiled class says of itself: its name, its source file, and whether it has a main. */
record ClassFile(String name, String source, boolean isProgram) {
  private static final int PUBLIC_STATIC = 0x0009;

  /** Reads as much of it as is needed, by the format of chapter 4 of the JVM's specification. */
  static ClassFile read(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    if (in.readInt() != 0xCAFEBABE) throw new IOException("this is no class file");
    in.readInt();
    int count = in.readUnsignedShort();
    String[] texts = new String[count];
    int[] names = new int[count];
    for (int i = 1; i < count; i++) {
      int tag = in.readUnsignedByte();
      switch (tag) {
        case 1 -> texts[i] = in.readUTF();
        case 7 -> names[i] = in.readUnsignedShort();
        case 8, 16, 19, 20 -> in.skipBytes(2);
        case 15 -> in.skipBytes(3);
        case 3, 4, 9, 10, 11, 12, 17, 18 -> in.skipBytes(4);
        case 5, 6 -> {
          in.skipBytes(8);
          i++;
        }
        default -> throw new IOException("this class file is of a kind that is not known: tag " + tag);
      }
    }
    in.readUnsignedShort();
    String name = texts[names[in.readUnsignedShort()]].replace('/', '.');
    in.readUnsignedShort();
    in.skipBytes(2 * in.readUnsignedShort());
    members(in, texts);
    boolean main = members(in, texts);
    String source = null;
    for (int left = in.readUnsignedShort(); left > 0; left--) {
      String attribute = texts[in.readUnsignedShort()];
      int length = in.readInt();
      if (attribute.equals("SourceFile")) source = texts[in.readUnsignedShort()];
      else in.skipBytes(length);
    }
    return new ClassFile(name, source, main);
  }

  /** Reads the fields or the methods; true when a main is among them. */
  private static boolean members(DataInputStream in, String[] texts) throws IOException {
    boolean found = false;
    for (int left = in.readUnsignedShort(); left > 0; left--) {
      int access = in.readUnsignedShort();
      String name = texts[in.readUnsignedShort()];
      String type = texts[in.readUnsignedShort()];
      found |= (access & PUBLIC_STATIC) == PUBLIC_STATIC && name.equals("main") && type.equals("([Ljava/lang/String;)V");
      for (int attributes = in.readUnsignedShort(); attributes > 0; attributes--) {
        in.readUnsignedShort();
        in.skipBytes(in.readInt());
      }
    }
    return found;
  }
}
