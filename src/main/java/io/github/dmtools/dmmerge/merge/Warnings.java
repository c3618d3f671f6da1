package io.github.dmtools.dmmerge.merge;

import io.github.dmtools.dmmerge.problem.Warning;
import io.github.dmtools.dmmerge.problem.WarningSink;
import java.util.ArrayList;
import java.util.List;

/** Keeps the warnings of a run, each once, and passes them on to whoever speaks to people. */
final class Warnings implements WarningSink {
  private final List<Warning> list = new ArrayList<>();
  private final WarningSink listener;

  Warnings(WarningSink listener) {
    this.listener = listener;
  }

  @Override
  public synchronized void warn(Warning warning) {
    if (!list.contains(warning)) {
      list.add(warning);
      listener.warn(warning);
    }
  }

  synchronized List<Warning> list() {
    return List.copyOf(list);
  }
}
