Feature: Polling, and what is outside the map
  How values move while they are read, and what other readers of the shelf see.

  @MAP-008 @MUST @R @MAP @needs:updates
  Scenario: MAP-008 Updates
    A counter of time that the map says is updated every so often moves at least that often, in at least two thirds of the
    intervals looked at. Counters of events that may not have happened are not judged.

    When the client samples each counter with a declared update time
    Then each has moved at least as often as declared

  @MAP-022 @SHOULD @R @MAP
  Scenario: MAP-022 Vendor registers
    An undeclared register that answers is listed as a candidate for an extension. It must answer the same way each time;
    what answers only now and then is none.

    When the client looks for undeclared registers near the map
    Then each that answers does so each time, and is listed

  @MAP-025 @MUST @R @MAP @needs:optional-group
  Scenario: MAP-025 Optional groups
    The registers of a group that is not claimed all answer alike: refused with exception 02, or not available or 0. None is
    half present.

    When the client reads each declared register alone
    Then the registers of each group that is not claimed answer alike

  @MAP-026 @MUST @R @MAP @needs:restates
  Scenario: MAP-026 Readers of the base map
    Read as an existing poller reads them, one register a request, the mandatory registers of the base map keep length and
    format, and constants their value, while other devices of the link are read in between.

    When the client polls the base map and reads other devices in between
    Then each register kept its length, and each constant its value

  @MAP-027 @MUST @R @MAP @needs:restates
  Scenario: MAP-027 Long polling
    Of many rounds of the poller beside another reader no request fails. (The catalogue asks for 10 minutes; the report
    tells how many rounds were made.)

    When the client polls the base map for many rounds
    Then no request has failed
