package io.github.dmtools.dmmerge.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

/** One thing to do: how it is asked for, and the doing, whose result is the exit status. */
interface Command extends Callable<Integer> {
  /**
   * Name, arguments and help, once. What is given for an argument can be asked of it afterwards.
   */
  CommandSpec spec();

  /** Whether it opens devices: what that takes is made ready while the command line is read. */
  default boolean opensDevices() {
    return true;
  }
}
