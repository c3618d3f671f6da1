package io.github.dmtools.dmmerge.audit;

/**
 * Who runs the tool, and where.
 *
 * @param userName the user who asked for it: under sudo, who called sudo
 * @param userId that user's number
 * @param effectiveUserName the user as whom the process runs; its number where it has no name
 * @param effectiveUserId that user's number, by the kernel
 */
public record Operator(
    String hostName,
    String userName,
    String userId,
    String effectiveUserName,
    String effectiveUserId,
    long pid) {}
