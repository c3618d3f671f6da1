package io.github.dmtools.dmmerge.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

/** A command of the program. {@link #call} runs it and returns the exit status. */
interface Command extends Callable<Integer> {
  /**
   * Declares name, arguments and help. To be called once: parsing puts values into the arguments.
   */
  CommandSpec spec();

  /** True if the command opens devices: they are preloaded while the command line is parsed. */
  default boolean opensDevices() {
    return true;
  }
}
