Feature: Counters
  Values that only rise, sampled over time.

  @MAP-009 @MUST @R @MAP @needs:counters
  Scenario: MAP-009 Counters only rise
    No counter falls, except when it rolls over.

    When the client samples each counter
    Then no counter ever falls, except when it rolls over

  @MAP-010 @MUST @R @MAP @needs:long-counters
  Scenario: MAP-010 Long values are whole
    A value of several words is never made of words of two moments.

    When the client samples each counter of several words in one request
    Then no counter shows a value that it never had
