package io.github.dmtools.dmmerge.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The digests of libcrypto are those of Java, however the message comes. */
final class LibCryptoSha256Test {
  private static MessageDigest java;
  private static MessageDigest libCrypto;

  @BeforeAll
  static void create() throws GeneralSecurityException {
    java = MessageDigest.getInstance("SHA-256", "SUN");
    libCrypto = MessageDigest.getInstance("SHA-256", new LibCryptoProvider());
  }

  @Test
  void anyLengthInAnyParts() {
    Random random = new Random(1);
    for (int length = 0; length < 20_000; length += 1 + length / 4) {
      byte[] message = new byte[length];
      random.nextBytes(message);
      ByteBuffer direct = ByteBuffer.allocateDirect(length + 7).position(7).slice().put(message);
      byte[] expected = java.digest(message);

      assertArrayEquals(expected, libCrypto.digest(message), "array of " + length);
      libCrypto.update(direct.flip());
      assertEquals(0, direct.remaining());
      assertArrayEquals(expected, libCrypto.digest(), "direct buffer of " + length);
      libCrypto.update(ByteBuffer.wrap(message).asReadOnlyBuffer());
      assertArrayEquals(expected, libCrypto.digest(), "buffer of " + length);

      int middle = random.nextInt(length + 1);
      libCrypto.update(direct.rewind().limit(middle));
      if (middle < length) {
        libCrypto.update(message[middle]);
        libCrypto.update(message, middle + 1, length - middle - 1);
      }
      assertArrayEquals(expected, libCrypto.digest(), length + " in parts, from " + middle);
    }
  }

  @Test
  void aResetForgetsWhatWasAdded() {
    libCrypto.update(new byte[100]);
    libCrypto.reset();
    assertArrayEquals(java.digest(), libCrypto.digest());
  }

  @Test
  void theDigestGoesToItsPlaceInAnArray() throws DigestException {
    byte[] target = new byte[40];
    assertEquals(32, libCrypto.digest(target, 5, 35));
    assertArrayEquals(java.digest(), Arrays.copyOfRange(target, 5, 37));
    assertEquals(0, target[4] | target[37]);
    assertThrows(DigestException.class, () -> libCrypto.digest(target, 9, 31));
  }
}
