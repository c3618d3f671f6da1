package io.github.dmtools.dmmerge.digest;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256. */
public final class Sha256 {
  /** Length of a digest in bytes. */
  public static final int BYTES = 32;

  private static final ThreadLocal<MessageDigest> OF_THREAD =
      ThreadLocal.withInitial(Sha256::create);

  private Sha256() {}

  /** Creates a new instance. */
  public static MessageDigest create() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform must have SHA-256", e);
    }
  }

  /** The instance of this thread, since creating one costs as much as hashing a sector. */
  public static MessageDigest ofThread() {
    return OF_THREAD.get();
  }

  /** The digest of all that remains in {@code bytes}. */
  public static byte[] of(ByteBuffer bytes) {
    MessageDigest digest = ofThread();
    digest.update(bytes);
    return digest.digest();
  }

  /** Completes a message and stores its digest at {@code offset}. */
  public static void finish(MessageDigest digest, byte[] target, int offset) {
    try {
      digest.digest(target, offset, BYTES);
    } catch (DigestException e) {
      throw new IllegalStateException("SHA-256 has 32 bytes", e);
    }
  }

  /** Formats a digest in lower-case hexadecimal. */
  public static String hex(byte[] digest) {
    return HexFormat.of().formatHex(digest);
  }
}
