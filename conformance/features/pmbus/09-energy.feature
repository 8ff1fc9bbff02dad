Feature: PMBus, energy counters

  Clause numbers with + are from memory and least sure. The sum rolls over at 32768 unless the statement says another
  number (DIRECT with steps of 1 W).

  @PM-CMD-037 @MUST @R @P2:18+ @needs:ein
  Scenario: PM-CMD-037 READ_EIN
    A block of six bytes: sum (2), roll-overs (1), samples (3), low byte first; the count of samples rises.

    When the client reads READ_EIN twice
    Then it has six bytes, and the count of samples rises

  @PM-CMD-038 @MUST @R @P2:18+ @needs:ein
  Scenario: PM-CMD-038 Average input power
    Over 10 s the average of READ_EIN is the mean of READ_PIN, to 3 % and 5 W.

    When the client reads READ_EIN, READ_PIN for some seconds, and READ_EIN again
    Then the average over the samples is the mean of READ_PIN to 3 %

  @PM-CMD-039 @MUST @R @P2:18+ @needs:ein
  Scenario: PM-CMD-039 Roll-over of READ_EIN
    As soon as the sum falls, the count of roll-overs has risen, and the average across it is a power of this device.

    When the client reads READ_EIN until its sum falls
    Then the count of roll-overs rose by one, and the average shows no spike

  @PM-CMD-040 @SHOULD @R @P2:18+ @needs:eout
  Scenario: PM-CMD-040 READ_EOUT
    As READ_EIN, against READ_POUT.

    When the client reads READ_EOUT, READ_POUT for some seconds, and READ_EOUT again
    Then six bytes, a rising count of samples, and an average that is the mean of READ_POUT to 3 %

  @PM-CMD-041 @SHOULD @R @P2:18+ @needs:kwh
  Scenario: PM-CMD-041 READ_KWH_IN and READ_KWH_OUT
    Neither falls, and no more comes out than goes in.

    When the client reads READ_KWH_IN and READ_KWH_OUT for some seconds
    Then neither falls, and what comes out is not more than what goes in
