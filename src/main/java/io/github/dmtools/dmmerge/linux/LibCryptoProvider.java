package io.github.dmtools.dmmerge.linux;

import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.util.List;

/** Gives Java's {@code MessageDigest} the SHA-256 of libcrypto, where the system has it. */
public final class LibCryptoProvider extends Provider {
  private static final long serialVersionUID = 1;

  LibCryptoProvider() {
    super("LibCrypto", "1", "SHA-256 by libcrypto");
    putService(new Sha256Service(this));
  }

  /** Makes it the first choice of this process. The library is loaded for the first digest. */
  public static void install() {
    Security.insertProviderAt(new LibCryptoProvider(), 1);
  }

  private static final class Sha256Service extends Service {
    /** Loaded once, when first asked for. */
    private static final class Library {
      static final boolean LOADED = LibCryptoSha256.load();
    }

    Sha256Service(Provider provider) {
      super(provider, "MessageDigest", "SHA-256", LibCryptoSha256.class.getName(), List.of(), null);
    }

    /** {@inheritDoc} Without the library, Java asks the next provider. */
    @Override
    public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
      if (!Library.LOADED) {
        throw new NoSuchAlgorithmException("no libcrypto");
      }
      return new LibCryptoSha256();
    }
  }
}
