package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.device.BlockDevice;
import io.github.dmtools.dmmerge.device.Claims;
import io.github.dmtools.dmmerge.device.Devices;
import io.github.dmtools.dmmerge.device.Faults;
import io.github.dmtools.dmmerge.device.FaultyDevice;
import io.github.dmtools.dmmerge.device.Identification;
import io.github.dmtools.dmmerge.device.MemoryDevice;
import io.github.dmtools.dmmerge.device.PersistentId;
import io.github.dmtools.dmmerge.device.PreallocatedFile;
import io.github.dmtools.dmmerge.device.Survey;
import io.github.dmtools.dmmerge.problem.WarningSink;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A system whose devices fail.
 *
 * @param devices the system without faults
 */
record FaultyDevices(MemoryDevices devices, Faults faults) implements Devices {
  @Override
  public BlockDevice openForReading(String path, boolean direct, WarningSink warnings) {
    return faulty(devices.openForReading(path, direct, warnings));
  }

  @Override
  public BlockDevice openForWriting(BlockDevice reader, boolean shared, WarningSink warnings) {
    return faulty(devices.openForWriting(reader, shared, warnings));
  }

  @Override
  public boolean isFile(String path) {
    return devices.isFile(path);
  }

  @Override
  public void copyUp(String path) {
    devices.copyUp(path);
  }

  @Override
  public Claims newClaims() {
    return devices.newClaims();
  }

  @Override
  public Survey survey() {
    return devices.survey();
  }

  @Override
  public Identification identify(BlockDevice device) {
    return devices.identify(device);
  }

  @Override
  public boolean startsAFile(BlockDevice device) {
    return devices.startsAFile(device);
  }

  @Override
  public PersistentId nameOf(BlockDevice device) {
    return devices.nameOf(device);
  }

  @Override
  public @Nullable UUID bootId() {
    return devices.bootId();
  }

  @Override
  public @Nullable PreallocatedFile openPreallocated(String path) {
    PreallocatedFile file = devices.openPreallocated(path);
    return file == null ? null : faulty(file);
  }

  @Override
  public PreallocatedFile createPreallocated(String path, long bytes) {
    PreallocatedFile file = faulty(devices.createPreallocated(path, 0));
    try {
      file.reserve(bytes);
      return file;
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private FaultyDevice faulty(BlockDevice device) {
    return new FaultyDevice((MemoryDevice) device, faults);
  }
}
