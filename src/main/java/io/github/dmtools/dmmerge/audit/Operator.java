package io.github.dmtools.dmmerge.audit;

/**
 * The user and the host of a run.
 *
 * @param userName the user who started it; under sudo, the user who called sudo
 * @param userId number of that user
 * @param effectiveUserName the user that the process runs as; the number if it has no name
 * @param effectiveUserId number of that user, from the kernel
 */
public record Operator(
    String hostName,
    String userName,
    String userId,
    String effectiveUserName,
    String effectiveUserId,
    long pid) {}
